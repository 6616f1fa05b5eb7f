package dev.sdlora.api;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.DeviceNames;
import java.util.List;
import java.util.Objects;

/**
 * What pipelines find on a device of this machine. Immutable.
 *
 * @param device {@code cpu}, {@code gpu0} and so on
 * @param processor the name of the processor, or its architecture where the system tells no name
 * @param instructions those of the processor that matter for speed, by Linux' names such as {@code
 *     avx512_bf16}, sorted; only what every core has. Empty on systems other than Linux
 * @param automatic what {@link Precision#AUTO} stands for on the device: never itself
 * @param reason why, as a clause: {@code the processor has avx512_bf16}
 * @param packed the formats in which the U-Net's weights are laid out for the processor's kernels,
 *     in the order of {@link Precision}; in others they are as in the file, which is slower
 * @param threads how many threads one network evaluation uses; small models and images take one
 * @param totalBytes the memory of the machine
 * @param availableBytes what is left of it, or of what the container may take; pipelines refuse
 *     requests that need more
 */
public record DeviceInfo(
    String device,
    String processor,
    List<String> instructions,
    Precision automatic,
    String reason,
    List<Precision> packed,
    int threads,
    long totalBytes,
    long availableBytes) {

  /**
   * Copies the lists.
   *
   * @param device its name
   * @param processor the processor's name
   * @param instructions copied
   * @param automatic what AUTO stands for
   * @param reason why
   * @param packed copied
   * @param threads of an evaluation
   * @param totalBytes of the machine
   * @param availableBytes what is left
   */
  public DeviceInfo {
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(processor, "processor");
    Objects.requireNonNull(automatic, "automatic");
    Objects.requireNonNull(reason, "reason");
    instructions = List.copyOf(instructions);
    packed = List.copyOf(packed);
  }

  /**
   * Looks at a device; the engine starts for that.
   *
   * @param device as for {@link Pipeline.Builder#device}
   * @return what there is to know about it now
   * @throws IllegalArgumentException if there is no device of that kind
   * @throws StableDiffusionException if there is no such device, or the engine is not made for it
   */
  public static DeviceInfo of(String device) {
    Objects.requireNonNull(device, "device");
    return Services.find(Backend.Pipelines.class).describe(DeviceNames.canonical(device));
  }
}
