package dev.sdlora.pipeline.model;

import dev.sdlora.api.Precision;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.network.IntegerPacking;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.families.network.UNetPacking;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.network.vae.VaePacking;
import dev.sdlora.families.transformer.Qwen3;
import dev.sdlora.families.transformer.T5;
import dev.sdlora.families.transformer.T5Config;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.families.transformer.TransformerPacking;
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
    UNetConfig config = files.unet().config();
    Map<String, Origin> origins = files.unet().weights();
    Supplier<Map<String, Packing>> packings =
        () -> isPacked(torch, formats.type(), device) ? UNetPacking.of(config) : Map.of();
    return formats.integers()
        ? LiveWeights.unread(
            torch,
            loader,
            origins,
            formats.type(),
            IntegerPacking.of(packings.get(), config.weights()))
        : weights(torch, loader, origins, formats, packings);
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
      Torch torch, TensorLoader loader, TextParts.Qwen texts, HeldFormats formats, String device) {
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

  /** Returns the unread weights of T5, in the best layout. */
  static LiveWeights t5Weights(
      Torch torch,
      TensorLoader loader,
      ModelFiles.Part<T5Config> t5,
      HeldFormats formats,
      String device) {
    return weights(
        torch,
        loader,
        t5.weights(),
        formats,
        () ->
            isProcessor(device) && TransformerPacking.isFaster(torch, formats.type())
                ? T5.packings(t5.config())
                : Map.of());
  }

  /** Returns the unread weights of a transformer, in the best layout for a device. */
  static LiveWeights transformerWeights(
      Torch torch,
      TensorLoader loader,
      TransformerModel files,
      HeldFormats formats,
      String device) {
    TransformerConfig config = files.transformer().config();
    Map<String, Origin> origins = files.transformer().weights();
    if (formats.integers()) {
      return LiveWeights.unread(
          torch, loader, origins, formats.type(), config.integerPackings(torch, formats.type()));
    }
    return weights(
        torch,
        loader,
        origins,
        formats,
        () -> isProcessor(device) ? config.packings(torch, formats.type()) : Map.of());
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
   * @param device the name of the device
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
      case INT8, AUTO ->
          isNvidia(device)
              ? ScalarType.FLOAT16
              : isProcessor(device) && Processor.hasBfloat16()
                  ? ScalarType.BFLOAT16
                  : ScalarType.FLOAT32;
    };
  }

  /**
   * Checks that integer products are available if a precision needs them.
   *
   * @throws StableDiffusionException if they are not
   */
  static void requireSupport(HeldFormats formats, Torch torch, String device) {
    if (!formats.integers() || hasIntegers(torch, formats.type(), device)) {
      return;
    }
    throw new StableDiffusionException(
        isProcessor(device)
            ? "precision INT8 requires a processor with avx512_vnni or amx_int8 and Linux, but '%s' has %s; expected BFLOAT16, AUTO or FLOAT32"
                .formatted(Processor.name(), Processor.instructions())
            : "precision INT8 requires the CPU, but the device is '%s'; expected FLOAT32, AUTO or FLOAT16"
                .formatted(device));
  }

  /**
   * Returns the dtype of a model for a precision: {@link Precision#AUTO} is bfloat16 for diffusion
   * transformers, which are published in it and would not fit most machines otherwise.
   *
   * @throws StableDiffusionException if the device or the model does not support the precision
   */
  public static ScalarType of(ModelFiles files, Precision precision, String device) {
    if (!(files instanceof TransformerModel model)) {
      return of(precision, device);
    }
    if (precision == Precision.INT8 && !model.transformer().config().hasIntegerProgram()) {
      throw new StableDiffusionException(
          "precision is INT8, but %s cannot multiply in integers; expected BFLOAT16, AUTO or FLOAT32, or weights INT8 to save memory"
              .formatted(files.checkpoint().family().label()));
    }
    if (precision == Precision.FLOAT16) {
      throw new StableDiffusionException(
          "precision is FLOAT16, but values of %s exceed its range; expected BFLOAT16, AUTO or FLOAT32"
              .formatted(files.checkpoint().family().label()));
    }
    return precision == Precision.AUTO || precision == Precision.INT8
        ? ScalarType.BFLOAT16
        : of(precision, device);
  }

  /** Returns the reason for the choice of {@link Precision#AUTO}, as a clause. */
  public static String reason(String device) {
    if (!isProcessor(device)) {
      return isNvidia(device)
          ? "NVIDIA GPUs multiply it faster than float32"
          : "other dtypes are untested on Apple's GPUs";
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
    Stream<Precision> numbers =
        Stream.of(ScalarType.FLOAT32, ScalarType.BFLOAT16)
            .filter(type -> isPacked(torch, type, device))
            .map(PrecisionChoice::precision);
    boolean integers =
        isProcessor(device) && hasIntegers(torch, of(Precision.INT8, device), device);
    return Stream.concat(numbers, integers ? Stream.of(Precision.INT8) : Stream.of()).toList();
  }

  private static boolean hasIntegers(Torch torch, ScalarType type, String device) {
    return isPacked(torch, type, device) && Packer.hasIntegers(torch, type);
  }

  private static boolean isPacked(Torch torch, ScalarType type, String device) {
    return isProcessor(device) && Packer.isSupported(torch, type);
  }

  private static boolean isNvidia(String device) {
    return device.startsWith("gpu");
  }

  private static boolean isProcessor(String device) {
    return device.equals("cpu");
  }
}
