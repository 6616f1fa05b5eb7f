import dev.sdlora.api.image.spi.ImageNetworks;
import dev.sdlora.onnx.OnnxNetworks;

/** Runs networks in ONNX files on ONNX Runtime. */
@SuppressWarnings("requires-automatic") // The module name of ONNX Runtime is in its manifest.
module dev.sdlora.onnx {
  requires static transitive org.jspecify;
  requires transitive dev.sdlora.api;
  requires com.microsoft.onnxruntime;
  requires java.desktop;

  provides ImageNetworks with
      OnnxNetworks;
}
