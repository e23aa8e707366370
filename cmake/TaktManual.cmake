# Manual pages and completion scripts, written by the program itself out of the descriptions that it
# parses with. Built with everything else, and installed where man and the shells look for them.
set(manual ${CMAKE_BINARY_DIR}/manual)
set(written)
function(takt_writes FILE)  # FILE, then the words after `takt`
  add_custom_command(OUTPUT ${manual}/${FILE}
                     COMMAND ${CMAKE_COMMAND} -E make_directory ${manual}
                     COMMAND takt ${ARGN} > ${manual}/${FILE}
                     DEPENDS takt VERBATIM)
  set(written ${written} ${manual}/${FILE} PARENT_SCOPE)
endfunction()

takt_writes(takt.1 __man takt)
takt_writes(takt-fleet.5 __man takt-fleet)
takt_writes(takt completion bash)
takt_writes(_takt completion zsh)
takt_writes(takt.fish completion fish)
add_custom_target(takt_manual ALL DEPENDS ${written})

install(FILES ${manual}/takt.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${manual}/takt-fleet.5 DESTINATION ${CMAKE_INSTALL_MANDIR}/man5)
install(FILES ${manual}/takt DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${manual}/_takt DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${manual}/takt.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
