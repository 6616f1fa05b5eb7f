package dev.sdlora.pipeline;

import dev.sdlora.api.Precision;
import dev.sdlora.api.StableDiffusionException;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;

/** Which number format a device computes in. */
final class Formats {
  private Formats() {}

  /**
   * The format that stands for a precision.
   *
   * @param device DJL's name of the device
   * @throws StableDiffusionException if the device does not compute in it
   */
  static ScalarType of(Precision precision, String device) {
    boolean processor = device.equals("cpu");
    return switch (precision) {
      case FLOAT32 -> ScalarType.FLOAT32;
      case BFLOAT16 -> ScalarType.BFLOAT16;
      case FLOAT16 -> {
        if (processor) {
          throw new StableDiffusionException(
              "precision FLOAT16 is for GPUs, and the device is 'cpu', which has no arithmetic for"
                  + " it; BFLOAT16 takes as little memory");
        }
        yield ScalarType.FLOAT16;
      }
      case AUTO -> processor && Processor.hasBfloat16() ? ScalarType.BFLOAT16 : ScalarType.FLOAT32;
    };
  }
}
