/** An application of modules. */
module com.example.draw {
  requires dev.sdlora.api;
  requires dev.sdlora.demo.model;
}
