/** LoRA training. */
@SuppressWarnings("module") // The module named here depends on this one and is compiled later.
module dev.sdlora.training {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.families;
  requires dev.sdlora.lora;
  requires dev.sdlora.pipeline;
  requires dev.sdlora.sampler;
  requires transitive java.desktop;
  requires org.slf4j;

  exports dev.sdlora.training;
  exports dev.sdlora.training.option;
  exports dev.sdlora.training.report to
      dev.sdlora.cli;

  // Opened so that the program loader can read the TorchScript resources next to the classes.
  opens dev.sdlora.training.step to
      dev.sdlora.tensors;
}
