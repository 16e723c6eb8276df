# `cmake --install` and the Debian package (CPack): `deploy/dev package`.
# What lands where is described in deploy/README.md; tests/package installs it and looks.

# Only the service is installed; nothing else has to be built for it.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(DEALOG_DEBIAN ${CMAKE_SOURCE_DIR}/deploy/debian)

install(TARGETS dealog RUNTIME DESTINATION /usr/bin)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/dealog.toml DESTINATION /etc/dealog)
install(FILES ${CMAKE_SOURCE_DIR}/deploy/regulations/web-studio.yaml DESTINATION /etc/dealog
        RENAME regulation.yaml)
install(FILES ${DEALOG_DEBIAN}/dealog.service DESTINATION /lib/systemd/system)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/deploy/regulations DESTINATION /usr/share/dealog
        FILES_MATCHING PATTERN *.yaml)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION /usr/share/doc/dealog RENAME copyright)
install(FILES ${CMAKE_SOURCE_DIR}/CHANGELOG.md DESTINATION /usr/share/doc/dealog)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dealog)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "event-sourced sales-pipeline automation")
set(CPACK_PACKAGE_DESCRIPTION
    "Dealog keeps every fact about a deal in one log that can be checked, judges each move of a
 deal by a published regulation, and carries out what follows from it. One service, one data
 folder, an HTTP API.")
set(CPACK_PACKAGE_CONTACT "The Dealog authors <dealog@localhost>")
set(CPACK_PACKAGING_INSTALL_PREFIX /)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/package)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION misc)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, tzdata, fonts-liberation2, fonts-dejavu-core")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${DEALOG_DEBIAN}/postinst ${DEALOG_DEBIAN}/prerm ${DEALOG_DEBIAN}/postrm
    ${DEALOG_DEBIAN}/conffiles)
include(CPack)
