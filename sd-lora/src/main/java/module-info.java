/** LoRA files and their effect on weights. */
@SuppressWarnings("module") // The modules named here depend on this one and are compiled later.
module dev.sdlora.lora {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.tensors;
  requires org.slf4j;

  exports dev.sdlora.lora.effect to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.family to
      dev.sdlora.families,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.lora.format to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.lora.library to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.make to
      dev.sdlora.families,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.lora.overlay to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.patch to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.plan to
      dev.sdlora.families,
      dev.sdlora.pipeline,
      dev.sdlora.training;

  // Opened so that the program loader can read the TorchScript resources next to the classes.
  opens dev.sdlora.lora.effect to
      dev.sdlora.tensors;
  opens dev.sdlora.lora.factors to
      dev.sdlora.tensors;
  opens dev.sdlora.lora.make to
      dev.sdlora.tensors;
  opens dev.sdlora.lora.overlay to
      dev.sdlora.tensors;
}
