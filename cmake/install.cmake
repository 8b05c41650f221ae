# What `cmake --install` puts where. The configuration lies in /etc whatever the prefix is, because
# that is where the program looks for it.
include(GNUInstallDirs)
set(CLOUD2MQTT_CONFIGURATION_DIRECTORY /etc/cloud2mqtt CACHE PATH
  "Where the unit and the example configuration expect the configuration")

install(TARGETS cloud2mqtt RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES docs/cloud2mqtt.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
# README.md and all that it links, each where the link says.
install(FILES README.md CHANGELOG.md CONTRIBUTING.md LICENSE config/cloud2mqtt.example.toml
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY config/home-assistant config/node-red DESTINATION ${CMAKE_INSTALL_DOCDIR}/config)
install(DIRECTORY docs/vendors docs/screenshots docs/decisions DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)
install(FILES docs/design.md docs/performance.md docs/restore.md DESTINATION ${CMAKE_INSTALL_DOCDIR}/docs)

install(FILES config/cloud2mqtt.example.toml DESTINATION ${CLOUD2MQTT_CONFIGURATION_DIRECTORY}
  RENAME cloud2mqtt.toml.example)
install(DIRECTORY DESTINATION ${CLOUD2MQTT_CONFIGURATION_DIRECTORY}/credentials
  DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)

# The unit names absolute paths, and the prefix may still change on the command line of the
# installation.
install(CODE "
  file(READ \"${PROJECT_SOURCE_DIR}/systemd/cloud2mqtt.service\" unit)
  string(REPLACE /usr/bin/cloud2mqtt
    \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_BINDIR}/cloud2mqtt\" unit \"\${unit}\")
  string(REPLACE /usr/share/doc/cloud2mqtt
    \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DOCDIR}\" unit \"\${unit}\")
  string(REPLACE /etc/cloud2mqtt \"${CLOUD2MQTT_CONFIGURATION_DIRECTORY}\" unit \"\${unit}\")
  file(WRITE \"${PROJECT_BINARY_DIR}/cloud2mqtt.service\" \"\${unit}\")
  file(INSTALL \"${PROJECT_BINARY_DIR}/cloud2mqtt.service\"
    DESTINATION \"\${CMAKE_INSTALL_PREFIX}/lib/systemd/system\")
")
