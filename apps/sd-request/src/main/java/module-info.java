/** Requests as JSON. */
@SuppressWarnings(
    "module") // The exports below name modules that depend on this one and are compiled later.
module dev.sdlora.request {
  requires static transitive org.jspecify;
  requires transitive com.fasterxml.jackson.databind;
  requires transitive dev.sdlora.api;
  requires java.desktop;

  exports dev.sdlora.request to
      dev.sdlora.batch,
      dev.sdlora.cli,
      dev.sdlora.server;
  exports dev.sdlora.request.context to
      dev.sdlora.batch,
      dev.sdlora.cli,
      dev.sdlora.server;
  exports dev.sdlora.request.image to
      dev.sdlora.batch,
      dev.sdlora.cli,
      dev.sdlora.server;
  exports dev.sdlora.request.json to
      dev.sdlora.batch,
      dev.sdlora.cli,
      dev.sdlora.server;
  exports dev.sdlora.request.setting to
      dev.sdlora.batch,
      dev.sdlora.cli,
      dev.sdlora.server;
}
