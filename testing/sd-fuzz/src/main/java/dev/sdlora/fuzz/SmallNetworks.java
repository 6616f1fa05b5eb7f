package dev.sdlora.fuzz;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.SingleFileNames;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.Transformers;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.control.ControlNetConfig;
import dev.sdlora.families.network.control.ControlNetUnionConfig;
import dev.sdlora.families.network.control.ImageAdapterConfig;
import dev.sdlora.families.network.control.T2iAdapterConfig;
import dev.sdlora.families.network.control.VisionConfig;
import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.families.network.upscaler.SrvggConfig;
import dev.sdlora.families.network.vae.TinyDecoderConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.lora.plan.ModuleIndex;
import dev.sdlora.lora.plan.Network;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Small networks of every kind, as the names and shapes of their weights. */
public final class SmallNetworks {
  /** The text encoder. */
  public static final ClipConfig CLIP = new ClipConfig(64, 2, 1, 128, 49408, 77);

  /** The U-Net. */
  public static final UNetConfig UNET =
      new UNetConfig(4, 4, List.of(32, 64), 1, List.of(1, 0), 1, 8, 64, false);

  /** The autoencoder. */
  public static final VaeConfig VAE = new VaeConfig(List.of(32, 32, 32, 32), 1, 4, 0.18215);

  private SmallNetworks() {}

  /** Returns a checkpoint in one file. */
  public static Map<String, List<Long>> checkpoint() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    UnaryOperator<String> clip = SingleFileNames.textEncoder(ModelFamily.SD1, 0);
    CLIP.weights().forEach((name, shape) -> shapes.put(clip.apply(name), shape));
    UnaryOperator<String> unet = SingleFileNames.unet(UNET);
    UNET.weights().forEach((name, shape) -> shapes.put(unet.apply(name), shape));
    UnaryOperator<String> vae = SingleFileNames.vae(VAE);
    VAE.weights()
        .forEach((name, shape) -> shapes.put(vae.apply(name), SingleFileNames.shape(name, shape)));
    return shapes;
  }

  /** Returns SDXL in one file: two text encoders, one of them OpenCLIP's. */
  public static Map<String, List<Long>> sdxl() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    CLIP.weights()
        .forEach((name, shape) -> shapes.put("conditioner.embedders.0.transformer." + name, shape));
    openClip().forEach((name, shape) -> shapes.put("conditioner.embedders.1.model." + name, shape));
    UNetConfig unet =
        new UNetConfig(
            4,
            4,
            List.of(32, 64),
            1,
            Transformers.ofLevels(1, List.of(0, 2), 1),
            List.of(4, 8),
            128,
            true,
            64 + 6 * 8,
            0);
    UnaryOperator<String> names = SingleFileNames.unet(unet);
    unet.weights().forEach((name, shape) -> shapes.put(names.apply(name), shape));
    UnaryOperator<String> vae = SingleFileNames.vae(VAE);
    VAE.weights()
        .forEach((name, shape) -> shapes.put(vae.apply(name), SingleFileNames.shape(name, shape)));
    return shapes;
  }

  private static Map<String, List<Long>> openClip() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("token_embedding.weight", List.of(1000L, 64L));
    shapes.put("positional_embedding", List.of(77L, 64L));
    for (int i = 0; i < 2; i++) {
      String layer = "transformer.resblocks." + i + ".";
      for (String norm : List.of("ln_1", "ln_2")) {
        shapes.put(layer + norm + ".weight", List.of(64L));
        shapes.put(layer + norm + ".bias", List.of(64L));
      }
      shapes.put(layer + "attn.in_proj_weight", List.of(192L, 64L));
      shapes.put(layer + "attn.in_proj_bias", List.of(192L));
      linear(shapes, layer + "attn.out_proj", 64, 64);
      linear(shapes, layer + "mlp.c_fc", 64, 128);
      linear(shapes, layer + "mlp.c_proj", 128, 64);
    }
    shapes.put("ln_final.weight", List.of(64L));
    shapes.put("ln_final.bias", List.of(64L));
    shapes.put("text_projection", List.of(64L, 64L));
    return shapes;
  }

  private static void linear(Map<String, List<Long>> shapes, String name, long in, long out) {
    shapes.put(name + ".weight", List.of(out, in));
    shapes.put(name + ".bias", List.of(out));
  }

  /** Returns a ControlNet with diffusers names. */
  public static Map<String, List<Long>> controlNet() {
    return new ControlNetConfig(UNET, List.of(16, 32)).weights();
  }

  /** Returns a ControlNet Union with the names of diffusers. */
  public static Map<String, List<Long>> controlNetUnion() {
    ControlNetConfig base = new ControlNetConfig(UNET, List.of(16, 32));
    return new ControlNetUnionConfig(base, 6, 1, 4).weights();
  }

  /** Returns a T2I-Adapter with the names of its authors. */
  public static Map<String, List<Long>> adapter() {
    return new T2iAdapterConfig(3, 8, List.of(32, 64, 64, 64), 2, 1).weights();
  }

  /** Returns an IP-Adapter with a resampler. */
  public static Map<String, List<Long>> imageAdapter() {
    return new ImageAdapterConfig(
            ImageAdapterConfig.Projection.RESAMPLER, 32, 4, 32, 16, 2, 1, List.of(32, 64))
        .weights();
  }

  /** Returns a vision encoder with the names of transformers. */
  public static Map<String, List<Long>> visionEncoder() {
    return new VisionConfig(32, 2, 64, 7, 17, 24).weights();
  }

  /** Returns an upscaler with Real-ESRGAN's names. */
  public static Map<String, List<Long>> upscaler() {
    return new RrdbConfig(8, 4, 2, 1, 2).weights();
  }

  /** Returns a compact upscaler. */
  public static Map<String, List<Long>> compactUpscaler() {
    return new SrvggConfig(8, 3, 2).weights();
  }

  /** Returns TAESD's decoder with diffusers names. */
  public static Map<String, List<Long>> previewDecoder() {
    return new TinyDecoderConfig(4, 8, TinyDecoderConfig.BLOCKS).weights();
  }

  /** Returns the layers of the checkpoint. */
  public static ModuleIndex layers() {
    return new ModuleIndex(
        Map.of(Network.TEXT_ENCODER, CLIP.weights(), Network.UNET, UNET.weights()));
  }
}
