package dev.sdlora.pipeline.model;

import dev.sdlora.api.Precision;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.network.UNetPacking;
import dev.sdlora.pipeline.network.VaeConfig;
import dev.sdlora.pipeline.network.VaePacking;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Which number format a device computes in, and in which layout. */
public final class PrecisionChoice {
  private PrecisionChoice() {}

  /** The weights of a U-Net, still to be read, in the layout that suits a device. */
  static LiveWeights unetWeights(
      Torch torch, TensorLoader loader, ModelFiles files, ScalarType type, String device) {
    Map<String, Packing> packings =
        isPacked(torch, type, device) ? UNetPacking.of(files.unet().config()) : Map.of();
    return LiveWeights.unread(torch, loader, files.unet().weights(), type, packings);
  }

  /**
   * The same of half an autoencoder. Numbers inside that of SDXL grow beyond what half precision
   * has, so it is in float32 instead.
   *
   * @param encoder whether it is the half that encodes
   */
  static LiveWeights vaeWeights(
      Torch torch, ModelFiles files, boolean encoder, ScalarType type, String device) {
    ScalarType format = type == ScalarType.FLOAT16 ? ScalarType.FLOAT32 : type;
    Map<String, Packing> packings =
        isPacked(torch, format, device) ? VaePacking.of(files.vae().config()) : Map.of();
    // It is read while other weights are patched, so it has a loader of its own.
    return LiveWeights.unread(
        torch,
        new TensorLoader(torch),
        VaeConfig.half(files.vae().weights(), encoder),
        format,
        VaeConfig.half(packings, encoder));
  }

  /**
   * The format that stands for a precision.
   *
   * @param device DJL's name of the device
   * @throws StableDiffusionException if the device does not compute in it
   */
  public static ScalarType of(Precision precision, String device) {
    return switch (precision) {
      case FLOAT32 -> ScalarType.FLOAT32;
      case BFLOAT16 -> ScalarType.BFLOAT16;
      case FLOAT16 -> {
        if (isProcessor(device)) {
          throw new StableDiffusionException(
              "precision FLOAT16 is for GPUs, and the device is 'cpu', which has no arithmetic for"
                  + " it; BFLOAT16 takes as little memory");
        }
        yield ScalarType.FLOAT16;
      }
      case AUTO ->
          isProcessor(device) && Processor.hasBfloat16() ? ScalarType.BFLOAT16 : ScalarType.FLOAT32;
    };
  }

  /** Why {@link Precision#AUTO} stands for what it does, as a clause. */
  public static String reason(String device) {
    if (!isProcessor(device)) {
      return "other formats have not been tried on GPUs";
    }
    List<String> instructions = Processor.bfloat16();
    return instructions.isEmpty()
        ? "the system lists neither avx512_bf16 nor amx_bf16 for every core"
        : "the processor has " + String.join(" and ", instructions);
  }

  /** The precision that a format stands for. */
  public static Precision precision(ScalarType type) {
    return switch (type) {
      case FLOAT32 -> Precision.FLOAT32;
      case BFLOAT16 -> Precision.BFLOAT16;
      case FLOAT16 -> Precision.FLOAT16;
    };
  }

  /** In which formats weights are packed on a device. */
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
