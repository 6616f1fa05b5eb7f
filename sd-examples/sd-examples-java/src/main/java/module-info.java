/** One class for each task, with what is for users and nothing else. */
module dev.sdlora.examples {
  requires static org.jspecify;
  requires dev.sdlora.api;
  requires dev.sdlora.batch;
  requires dev.sdlora.demo.model;
  requires dev.sdlora.training;
  requires java.desktop;
}
