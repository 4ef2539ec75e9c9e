# cmake --install and cpack: the binary, what plug-ins are built with, scenarios and documentation. Nothing
# installed knows its prefix: a folder that is moved or repacked goes on working.
include(CMakePackageConfigHelpers)

set(IFC_SCENARIOS ${CMAKE_INSTALL_DATADIR}/ifcsim/scenarios) # under the prefix
install(TARGETS ifcsim EXPORT ifcsim)
install(TARGETS libifcsim EXPORT ifcsim)
file(RELATIVE_PATH IFC_SCENARIOS_FROM_BINARY /${CMAKE_INSTALL_BINDIR} /${IFC_SCENARIOS})
file(RELATIVE_PATH IFC_SCENARIOS_FROM_LIBRARY /${CMAKE_INSTALL_LIBDIR} /${IFC_SCENARIOS})
set_source_files_properties(platform/scenario/shipped.c PROPERTIES
  COMPILE_DEFINITIONS "IFC_INSTALLED_SCENARIOS=\"${IFC_SCENARIOS_FROM_BINARY}\";IFC_SCENARIOS_FROM_LIBRARY=\"${IFC_SCENARIOS_FROM_LIBRARY}\"")
file(RELATIVE_PATH IFC_PAGES_FROM_BINARY /${CMAKE_INSTALL_BINDIR} /${CMAKE_INSTALL_DATADIR}/doc/ifcsim)
set_source_files_properties(platform/cli/cmd_help.c PROPERTIES
  COMPILE_DEFINITIONS IFC_INSTALLED_PAGES="${IFC_PAGES_FROM_BINARY}")
install(DIRECTORY platform/include/ifc DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h"
  PATTERN status.h EXCLUDE) # errors are not for plug-ins
install(FILES platform/include/ifcsim.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES platform/library/ifcsim.py DESTINATION lib/python3/dist-packages)
install(DIRECTORY scenarios/ DESTINATION ${IFC_SCENARIOS} FILES_MATCHING PATTERN "*.cfg" PATTERN "*.csv.gz")
install(FILES docs/man/ifcsim.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES platform/cli/completion/ifcsim.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME ifcsim)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} PATTERN man EXCLUDE)
file(RELATIVE_PATH IFC_INCLUDE_FROM_PAGES /${CMAKE_INSTALL_DOCDIR} /${CMAKE_INSTALL_INCLUDEDIR})
file(RELATIVE_PATH IFC_SCENARIOS_FROM_PAGES /${CMAKE_INSTALL_DOCDIR} /${IFC_SCENARIOS})
install(CODE "set(PAGES \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\")
set(INCLUDE \"${IFC_INCLUDE_FROM_PAGES}\")
set(SCENARIOS \"${IFC_SCENARIOS_FROM_PAGES}\")
include(\"${PROJECT_SOURCE_DIR}/platform/install/pages.cmake\")")

# What a policy plug-in is compiled with. Nothing to link: a plug-in gets what it calls handed over when loaded.
add_library(ifcsim_plugin INTERFACE)
set_target_properties(ifcsim_plugin PROPERTIES EXPORT_NAME plugin)
target_include_directories(ifcsim_plugin INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_features(ifcsim_plugin INTERFACE c_std_11)
target_compile_options(ifcsim_plugin INTERFACE -fvisibility=hidden)
install(TARGETS ifcsim_plugin EXPORT ifcsim)

# Both package files are found in share/ whatever the architecture.
set(IFC_CMAKE_DIR ${CMAKE_INSTALL_DATADIR}/cmake/ifcsim)
configure_package_config_file(platform/install/ifcsimConfig.cmake.in ${PROJECT_BINARY_DIR}/ifcsimConfig.cmake
  INSTALL_DESTINATION ${IFC_CMAKE_DIR} PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR IFC_SCENARIOS)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ifcsimConfigVersion.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(EXPORT ifcsim NAMESPACE ifcsim:: FILE ifcsimTargets.cmake DESTINATION ${IFC_CMAKE_DIR})
install(FILES ${PROJECT_BINARY_DIR}/ifcsimConfig.cmake ${PROJECT_BINARY_DIR}/ifcsimConfigVersion.cmake
  DESTINATION ${IFC_CMAKE_DIR})

set(IFC_PKGCONFIG_DIR ${CMAKE_INSTALL_DATADIR}/pkgconfig)
file(RELATIVE_PATH IFC_PREFIX_FROM_PC /${IFC_PKGCONFIG_DIR} /)
string(REGEX REPLACE "/$" "" IFC_PREFIX_FROM_PC ${IFC_PREFIX_FROM_PC})
configure_file(platform/install/ifcsim.pc.in ${PROJECT_BINARY_DIR}/ifcsim.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/ifcsim.pc DESTINATION ${IFC_PKGCONFIG_DIR})

set(IFC_LIBRARY_PC_DIR ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH IFC_PREFIX_FROM_LIBRARY_PC /${IFC_LIBRARY_PC_DIR} /)
string(REGEX REPLACE "/$" "" IFC_PREFIX_FROM_LIBRARY_PC ${IFC_PREFIX_FROM_LIBRARY_PC})
configure_file(platform/install/libifcsim.pc.in ${PROJECT_BINARY_DIR}/libifcsim.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/libifcsim.pc DESTINATION ${IFC_LIBRARY_PC_DIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME ifcsim)
set(CPACK_PACKAGE_CONTACT "IFCSim developers <ifcsim@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "simulator of LLM decoding on NAND flash that computes")
set(CPACK_PACKAGE_DESCRIPTION "IFCSim simulates, event by event, single-batch decoding of large language models
on a system whose NAND flash dies compute: host SoC, NPU, flash controller, channels,
dies and per-plane engines. It reports throughput, latency, energy and bottlenecks,
records timelines and loads controller policies from shared objects.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS gnuplot-nox) # ifcsim plot
include(CPack)
