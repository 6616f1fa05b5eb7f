/** Families of models: their files, their networks, and what differs between them. */
@SuppressWarnings("module") // The modules named here depend on this one and are compiled later.
module dev.sdlora.families {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires dev.sdlora.lora;
  requires dev.sdlora.prompt;
  requires dev.sdlora.sampler;
  requires java.management;
  requires jdk.management;

  exports dev.sdlora.families to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.checkpoint to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.checkpoint.auxiliary to
      dev.sdlora.pipeline;
  exports dev.sdlora.families.checkpoint.layout to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.checkpoint.stored to
      dev.sdlora.pipeline;
  exports dev.sdlora.families.checkpoint.transformer to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.conditioning to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.denoise to
      dev.sdlora.pipeline;
  exports dev.sdlora.families.family to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.memory to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.network to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.network.control to
      dev.sdlora.pipeline;
  exports dev.sdlora.families.network.upscaler to
      dev.sdlora.pipeline;
  exports dev.sdlora.families.network.vae to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.sd to
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.families.transformer to
      dev.sdlora.pipeline,
      dev.sdlora.training;

  // The programs next to the classes are read by sd-tensors, which loads them.
  opens dev.sdlora.families.chroma to
      dev.sdlora.tensors;
  opens dev.sdlora.families.flux1 to
      dev.sdlora.tensors;
  opens dev.sdlora.families.flux2 to
      dev.sdlora.tensors;
  opens dev.sdlora.families.network to
      dev.sdlora.tensors;
  opens dev.sdlora.families.sd3 to
      dev.sdlora.tensors;
  opens dev.sdlora.families.transformer to
      dev.sdlora.tensors;
  opens dev.sdlora.families.zimage to
      dev.sdlora.tensors;
}
