package dev.sdlora.pipeline.model;

import dev.sdlora.api.Precision;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.checkpoint.TextParts;
import dev.sdlora.pipeline.checkpoint.TransformerModel;
import dev.sdlora.pipeline.checkpoint.UNetFiles;
import dev.sdlora.pipeline.network.UNetPacking;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.pipeline.network.VaePacking;
import dev.sdlora.pipeline.transformer.Qwen3;
import dev.sdlora.pipeline.transformer.TransformerPacking;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.StoredFormat;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Chooses the dtype and the layout of weights for a device. */
public final class PrecisionChoice {
  private PrecisionChoice() {}

  /** Returns the unread weights of a CLIP text encoder. */
  static LiveWeights clipWeights(
      Torch torch, TensorLoader loader, Map<String, Origin> origins, HeldFormats formats) {
    return LiveWeights.unread(
        torch, loader, origins, formats.type(), Map.of(), formats.of(origins));
  }

  /** Returns the unread weights of a U-Net, in the best layout for a device. */
  static LiveWeights unetWeights(
      Torch torch, TensorLoader loader, UNetFiles files, HeldFormats formats, String device) {
    return weights(
        torch,
        loader,
        files.unet().weights(),
        formats,
        () ->
            isPacked(torch, formats.type(), device)
                ? UNetPacking.of(files.unet().config())
                : Map.of());
  }

  /**
   * Returns unread weights. If some are held in other formats, none is packed: widened weights are
   * plain, and programs read either kind.
   */
  private static LiveWeights weights(
      Torch torch,
      TensorLoader loader,
      Map<String, Origin> origins,
      HeldFormats formats,
      Supplier<Map<String, Packing>> packings) {
    Map<String, StoredFormat> held = formats.of(origins);
    return LiveWeights.unread(
        torch, loader, origins, formats.type(), held.isEmpty() ? packings.get() : Map.of(), held);
  }

  /** Returns the unread weights of Qwen3, in the best layout. */
  static LiveWeights encoderWeights(
      Torch torch,
      TensorLoader loader,
      TextParts.Qwen texts,
      HeldFormats formats,
      String device) {
    return weights(
        torch,
        loader,
        texts.encoder().weights(),
        formats,
        () ->
            isProcessor(device) && TransformerPacking.isFaster(torch, formats.type())
                ? Qwen3.packings(texts.encoder().config(), texts.layersRead())
                : Map.of());
  }

  /** Returns the unread weights of a transformer, in the best layout for a device. */
  static LiveWeights transformerWeights(
      Torch torch,
      TensorLoader loader,
      TransformerModel files,
      HeldFormats formats,
      String device) {
    return weights(
        torch,
        loader,
        files.transformer().weights(),
        formats,
        () ->
            isProcessor(device)
                ? files.transformer().config().packings(torch, formats.type())
                : Map.of());
  }

  /**
   * Returns the unread weights of half an autoencoder, in the best layout for a device. Activations
   * in SDXL's exceed the range of float16, so float32 replaces it.
   *
   * @param encoder whether to return the encoder half
   */
  static LiveWeights vaeWeights(
      Torch torch, ModelFiles files, boolean encoder, ScalarType type, String device) {
    ScalarType format = type == ScalarType.FLOAT16 ? ScalarType.FLOAT32 : type;
    Map<String, Packing> packings =
        isPacked(torch, format, device) ? VaePacking.of(files.vae().config()) : Map.of();
    // It is read while other weights are patched, so it needs its own loader.
    return LiveWeights.unread(
        torch,
        new TensorLoader(torch),
        VaeConfig.half(files.vae().weights(), encoder),
        format,
        VaeConfig.half(packings, encoder));
  }

  /**
   * Returns the dtype for a precision.
   *
   * @param device DJL's name of the device
   * @throws StableDiffusionException if the device does not support it
   */
  public static ScalarType of(Precision precision, String device) {
    return switch (precision) {
      case FLOAT32 -> ScalarType.FLOAT32;
      case BFLOAT16 -> ScalarType.BFLOAT16;
      case FLOAT16 -> {
        if (isProcessor(device)) {
          throw new StableDiffusionException(
              "precision FLOAT16 requires a GPU, but the device is 'cpu'; BFLOAT16 needs the same"
                  + " memory");
        }
        yield ScalarType.FLOAT16;
      }
      case AUTO ->
          isProcessor(device) && Processor.hasBfloat16() ? ScalarType.BFLOAT16 : ScalarType.FLOAT32;
    };
  }

  /**
   * Returns the dtype of a model for a precision: {@link Precision#AUTO} is bfloat16 for diffusion
   * transformers, which are published in it and would not fit most machines otherwise.
   *
   * @throws StableDiffusionException if the device or the model does not support the precision
   */
  static ScalarType of(ModelFiles files, Precision precision, String device) {
    if (!(files instanceof TransformerModel)) {
      return of(precision, device);
    }
    if (precision == Precision.FLOAT16) {
      throw new StableDiffusionException(
          "precision is FLOAT16, but values of %s exceed its range; expected BFLOAT16, AUTO or FLOAT32"
              .formatted(files.checkpoint().family().label()));
    }
    return precision == Precision.AUTO ? ScalarType.BFLOAT16 : of(precision, device);
  }

  /** Returns the reason for the choice of {@link Precision#AUTO}, as a clause. */
  public static String reason(String device) {
    if (!isProcessor(device)) {
      return "other dtypes are untested on GPUs";
    }
    List<String> instructions = Processor.bfloat16();
    return instructions.isEmpty()
        ? "the system lists neither avx512_bf16 nor amx_bf16 for every core"
        : "the processor has " + String.join(" and ", instructions);
  }

  /** Returns the precision for a dtype. */
  public static Precision precision(ScalarType type) {
    return switch (type) {
      case FLOAT32 -> Precision.FLOAT32;
      case BFLOAT16 -> Precision.BFLOAT16;
      case FLOAT16 -> Precision.FLOAT16;
    };
  }

  /** Returns the precisions whose weights are packed on a device. */
  public static List<Precision> packed(Torch torch, String device) {
    return Stream.of(ScalarType.FLOAT32, ScalarType.BFLOAT16)
        .filter(type -> isPacked(torch, type, device))
        .map(PrecisionChoice::precision)
        .toList();
  }

  private static boolean isPacked(Torch torch, ScalarType type, String device) {
    return isProcessor(device) && Packer.isSupported(torch, type);
  }

  private static boolean isProcessor(String device) {
    return device.equals("cpu");
  }
}
