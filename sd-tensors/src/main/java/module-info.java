/** Tensors in files and in native memory, and programs that compute with them. */
// The modules named here depend on this one and are compiled later; DJL's module names come from
// manifests.
@SuppressWarnings({"module", "requires-automatic", "requires-transitive-automatic"})
module dev.sdlora.tensors {
  requires static transitive org.jspecify;
  requires transitive ai.djl.api;
  requires transitive dev.sdlora.api;
  requires ai.djl.pytorch_engine;
  requires transitive com.fasterxml.jackson.databind;
  requires com.sun.jna;
  requires org.slf4j;

  uses dev.sdlora.tensors.torch.TorchEngine;

  exports dev.sdlora.tensors.entry to
      dev.sdlora.families,
      dev.sdlora.lora,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.tensors.file to
      dev.sdlora.cli,
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.lora,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.tensors.folder to
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.lora,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.tensors.io to
      dev.sdlora.cli,
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.lora,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.tensors.natives to
      com.sun.jna,
      dev.sdlora.families,
      dev.sdlora.libtorch,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.tensors.number to
      dev.sdlora.families,
      dev.sdlora.lora,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.tensors.torch to
      dev.sdlora.families,
      dev.sdlora.libtorch,
      dev.sdlora.lora,
      dev.sdlora.pipeline,
      dev.sdlora.training;
  exports dev.sdlora.tensors.weights to
      dev.sdlora.families,
      dev.sdlora.infotext,
      dev.sdlora.lora,
      dev.sdlora.pipeline,
      dev.sdlora.training;
}
