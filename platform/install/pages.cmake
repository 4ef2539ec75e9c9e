# Links of the installed pages. The README lies beside the pages there, public headers lie in include/, and what
# is not installed is named instead of linked. PAGES: the folder; INCLUDE, SCENARIOS: those folders, from there.
file(GLOB pages "${PAGES}/*.md" "${PAGES}/reference/*.md")
foreach(page ${pages})
  file(READ "${page}" text)
  string(REPLACE ";" "\\;" text "${text}") # or it would be a list
  string(REGEX REPLACE "\\]\\(docs/" "](" text "${text}")
  string(REGEX REPLACE "\\]\\((\\.\\./)?platform/include/" "](${INCLUDE}/" text "${text}")
  string(REGEX REPLACE "\\]\\((\\.\\./)?scenarios/" "](${SCENARIOS}/" text "${text}")
  string(REGEX REPLACE "\\]\\(\\.\\./README\\.md" "](README.md" text "${text}")
  string(REGEX REPLACE "\\[([^]\n]*)\\]\\((\\.\\./)?((components|platform|workloads|tests)/[^)]*|CONTRIBUTING\\.md)\\)" "\\1 (`\\3`)"
    text "${text}")
  string(REPLACE "\\;" ";" text "${text}")
  file(WRITE "${page}" "${text}")
endforeach()
