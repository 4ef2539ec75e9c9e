# Run the scenario with the policy and without, and look at what the policy says of itself.
function(run out)
  execute_process(COMMAND ${IFCSIM} run --quiet --format json ${ARGN} ${SCENARIO}
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

run(with)
string(JSON name GET "${with}" policies dispatch name)
string(JSON shorter GET "${with}" policies dispatch statistics shorter value)
string(JSON latency GET "${with}" decode latency_ps mean)
if(NOT name STREQUAL "shortest-first" OR NOT shorter GREATER 0)
  message(FATAL_ERROR "policy ${name} overtook ${shorter} times")
endif()

run(without --set policies.dispatch.patience=0s)
string(JSON impatient GET "${without}" policies dispatch statistics impatient value)
string(JSON fifo GET "${without}" decode latency_ps mean)
if(NOT impatient GREATER 0 OR latency EQUAL fifo)
  message(FATAL_ERROR "patience changes nothing: ${latency} ps with, ${fifo} ps without")
endif()
message(STATUS "mean latency ${latency} ps, without patience ${fifo} ps")
