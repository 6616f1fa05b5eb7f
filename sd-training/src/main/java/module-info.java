/** LoRA training. */
@SuppressWarnings("module") // The modules named in an export depend on this one.
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
  exports dev.sdlora.training.setting to
      dev.sdlora.cli,
      dev.sdlora.server;

  // Opened so that the program loader can read the TorchScript resources next to the classes.
  opens dev.sdlora.training.step to
      dev.sdlora.tensors;
}
