package dev.sdlora.pipeline.speed;

import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.transformer.TransformerConfig;
import java.util.List;

/**
 * The work for one image.
 *
 * @param denoising the operations of all calls of the denoiser
 * @param decoding the operations of the VAE's decoder
 * @param reading the operations of large text encoders
 * @param layerCalls the number of layers that run in all calls of the denoiser
 */
record ImageWork(double denoising, double decoding, double reading, double layerCalls) {
  /**
   * The share of the product's rate that denoisers reach: 0.72 to 1.05 in {@code
   * docs/evidence/measurements.md}, by processor and model.
   */
  private static final double DENOISING_SHARE = 0.88;

  /** Decoders: 0.68 to 1.2. Those above 1 have better kernels than the product. */
  private static final double DECODING_SHARE = 1.0;

  private static final double READING_SHARE = 0.85;

  /**
   * Seconds of a layer's call that do not depend on its size, norms and copies included. They
   * decide for small models: an image of the bundled one takes 0.9 s.
   */
  private static final double PER_LAYER = 200e-6;

  /** The tokens of a chunk of CLIP. */
  private static final int CLIP_TOKENS = 77;

  /**
   * Counts the work of a model.
   *
   * @param files the model
   * @param side the side of a square image, in pixels
   * @param calls the calls of the denoiser
   * @param rows 2 with guidance, which needs a prediction for the negative prompt; 1 without
   */
  static ImageWork of(ModelFiles files, int side, int calls, int rows) {
    return files instanceof UNetFiles unet
        ? of(unet.unet().config(), unet.vae().config(), side, calls, rows)
        : of((TransformerModel) files, side, calls, rows);
  }

  /** Counts the work of a model with a U-Net. */
  public static ImageWork of(UNetConfig unet, VaeConfig vae, int side, int calls, int rows) {
    return new ImageWork(
        calls * UNetOperations.of(unet, rows, side / vae.factor(), CLIP_TOKENS),
        VaeOperations.decode(vae, side).reduced(),
        0,
        calls * (double) matrices(unet.weights().values()));
  }

  private static ImageWork of(TransformerModel model, int side, int calls, int rows) {
    TransformerConfig config = model.transformer().config();
    int tokens = config.usualTokens();
    VaeConfig vae = model.vae().config();
    int across = side / vae.sampledFactor() / config.patch();
    TransformerWork call = TransformerWork.of(config, across * across, tokens);
    return new ImageWork(
        calls * rows * call.operations(),
        VaeOperations.decode(vae, side).reduced(),
        rows * reading(model.texts(), tokens),
        calls * (double) call.layers().size());
  }

  private static double reading(TextParts texts, int tokens) {
    if (texts instanceof TextParts.Qwen qwen) {
      return TransformerWork.of(qwen.encoder().config(), qwen.layersRead(), tokens).operations();
    }
    return ((TextParts.ClipAndT5) texts)
        .t5()
        .map(t5 -> TransformerWork.of(t5.config(), tokens).operations())
        .orElse(0.0);
  }

  private static long matrices(Iterable<List<Long>> shapes) {
    long count = 0;
    for (List<Long> shape : shapes) {
      count += shape.size() > 1 ? 1 : 0;
    }
    return count;
  }

  /**
   * Returns the seconds that it takes, without reading files.
   *
   * @param rate the operations per second of a large product of matrices
   */
  public double seconds(double rate) {
    return denoising / (rate * DENOISING_SHARE)
        + decoding / (rate * DECODING_SHARE)
        + reading / (rate * READING_SHARE)
        + layerCalls * PER_LAYER;
  }
}
