/** LoRA files and what they do to weights. */
@SuppressWarnings("module") // The modules named here stand on this one and are compiled later.
module dev.sdlora.lora {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.tensors;
  requires org.slf4j;

  exports dev.sdlora.lora.effect to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.format to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.library to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.make to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.lora.overlay to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.patch to
      dev.sdlora.pipeline;
  exports dev.sdlora.lora.plan to
      dev.sdlora.pipeline,
      dev.sdlora.training;

  // The programs beside the classes are read by the one that loads them.
  opens dev.sdlora.lora.effect to
      dev.sdlora.tensors;
  opens dev.sdlora.lora.factors to
      dev.sdlora.tensors;
  opens dev.sdlora.lora.make to
      dev.sdlora.tensors;
  opens dev.sdlora.lora.overlay to
      dev.sdlora.tensors;
}
