/** The command line. */
module dev.sdlora.cli {
  requires static org.jspecify;
  requires com.fasterxml.jackson.databind;
  requires dev.sdlora.api;
  requires dev.sdlora.batch;
  requires dev.sdlora.demo.model;
  requires dev.sdlora.models;
  requires dev.sdlora.server;
  requires dev.sdlora.tensors;
  requires dev.sdlora.training;
  requires info.picocli;
  requires java.desktop;

  // Picocli sets option fields by reflection; Jackson reads the records of reports.
  opens dev.sdlora.cli to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.console to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.lora to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.model to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.option to
      com.fasterxml.jackson.databind,
      info.picocli;
  opens dev.sdlora.cli.report to
      com.fasterxml.jackson.databind,
      info.picocli;
}
