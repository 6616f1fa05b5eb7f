/** LoRA training. */
module dev.sdlora.training {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.lora;
  requires dev.sdlora.pipeline;
  requires dev.sdlora.sampler;
  requires org.slf4j;

  exports dev.sdlora.training;

  // The programs beside the classes are read by the one that loads them.
  opens dev.sdlora.training.step to
      dev.sdlora.tensors;
}
