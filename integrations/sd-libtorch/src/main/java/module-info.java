import dev.sdlora.libtorch.LibtorchEngine;
import dev.sdlora.tensors.torch.TorchEngine;

/** The second engine: libtorch by JavaCPP's presets, for processors, CUDA and Apple's GPUs. */
// The module names of DJL are in manifests.
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module dev.sdlora.libtorch {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.tensors;
  requires ai.djl.api;
  requires org.bytedeco.javacpp;
  requires org.bytedeco.pytorch;
  requires org.slf4j;

  provides TorchEngine with
      LibtorchEngine;
}
