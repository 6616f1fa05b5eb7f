package dev.sdlora.fuzz;

import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.checkpoint.SingleFileNames;
import dev.sdlora.pipeline.network.ClipConfig;
import dev.sdlora.pipeline.network.ControlNetConfig;
import dev.sdlora.pipeline.network.RrdbConfig;
import dev.sdlora.pipeline.network.SrvggConfig;
import dev.sdlora.pipeline.network.T2iAdapterConfig;
import dev.sdlora.pipeline.network.TinyDecoderConfig;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.network.VaeConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Small networks of every kind, by the names and shapes of their weights. */
public final class Networks {
  /** The text encoder. */
  public static final ClipConfig CLIP = new ClipConfig(64, 2, 1, 128, 49408, 77);

  /** The U-Net. */
  public static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(32, 64), 1, List.of(1, 0), 1, 8, 64, false);

  /** The autoencoder. */
  public static final VaeConfig VAE = new VaeConfig(List.of(32, 32, 32, 32), 1, 4, 0.18215);

  private Networks() {}

  /** A checkpoint in one file. */
  public static Map<String, List<Long>> checkpoint() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    UnaryOperator<String> clip = SingleFileNames.textEncoder();
    CLIP.weights().forEach((name, shape) -> shapes.put(clip.apply(name), shape));
    UnaryOperator<String> unet = SingleFileNames.unet(UNET);
    UNET.weights().forEach((name, shape) -> shapes.put(unet.apply(name), shape));
    UnaryOperator<String> vae = SingleFileNames.vae(VAE);
    VAE.weights()
        .forEach((name, shape) -> shapes.put(vae.apply(name), SingleFileNames.shape(name, shape)));
    return shapes;
  }

  /** A ControlNet with the names of diffusers. */
  public static Map<String, List<Long>> controlNet() {
    return new ControlNetConfig(UNET, List.of(16, 32)).weights();
  }

  /** A T2I-Adapter with the names of its authors. */
  public static Map<String, List<Long>> adapter() {
    return new T2iAdapterConfig(3, 8, List.of(32, 64, 64, 64), 2, 1).weights();
  }

  /** An upscaler with the names of Real-ESRGAN. */
  public static Map<String, List<Long>> upscaler() {
    return new RrdbConfig(8, 4, 2, 1, 2).weights();
  }

  /** A compact upscaler. */
  public static Map<String, List<Long>> compactUpscaler() {
    return new SrvggConfig(8, 3, 2).weights();
  }

  /** TAESD's decoder with the names of diffusers. */
  public static Map<String, List<Long>> previewDecoder() {
    return new TinyDecoderConfig(4, 8, TinyDecoderConfig.BLOCKS).weights();
  }

  /** The layers of the checkpoint. */
  public static ModuleIndex layers() {
    return new ModuleIndex(
        Map.of(Network.TEXT_ENCODER, CLIP.weights(), Network.UNET, UNET.weights()));
  }
}
