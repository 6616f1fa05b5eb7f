/** Examples, one class for each task, which use only the public API. */
module dev.sdlora.examples {
  requires static org.jspecify;
  requires dev.sdlora.api;
  requires dev.sdlora.batch;
  requires dev.sdlora.demo.model;
  requires dev.sdlora.training;
  requires java.desktop;
}
