package dev.sdlora.api;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.value.DeviceNames;
import java.util.List;
import java.util.Objects;

/**
 * The properties of a device of this machine that matter to pipelines. Immutable.
 *
 * @param device the device's name: {@code cpu}, {@code gpu0}, {@code mps}
 * @param processor the name of the processor or GPU, or its architecture if the system does not
 *     report a name
 * @param instructions the processor's instruction sets that affect speed, by their Linux names such
 *     as {@code avx512_bf16}, sorted; only those that every core has. Empty on systems other than
 *     Linux
 * @param automatic the precision that {@link Precision#AUTO} selects on the device; never AUTO
 *     itself
 * @param reason the reason for that choice, as a clause: {@code the processor has avx512_bf16}
 * @param packed the precisions in which the U-Net's weights are laid out for the processor's
 *     kernels, in the order of {@link Precision}; in other precisions they keep the layout of the
 *     file, which is slower. {@link Precision#INT8} is among them if it is available
 * @param threads the number of threads of one model call; small models and images use one
 * @param totalBytes the memory of the machine, or of an NVIDIA GPU
 * @param availableBytes the memory available on the machine or in the container, or on an NVIDIA
 *     GPU; pipelines reject requests that need more
 * @param engine the version of the native libraries that compute, for which devices they are, and
 *     the folder from which they were loaded, as one phrase
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
    long availableBytes,
    String engine) {

  /**
   * Copies the lists.
   *
   * @param device the device's name
   * @param processor the processor's name
   * @param instructions the instruction sets; copied
   * @param automatic the precision that AUTO selects
   * @param reason the reason for that choice
   * @param packed the precisions with packed weights; copied
   * @param threads the number of threads of one model call
   * @param totalBytes the memory of the machine
   * @param availableBytes the available memory
   * @param engine the native libraries
   */
  public DeviceInfo {
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(processor, "processor");
    Objects.requireNonNull(automatic, "automatic");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(engine, "engine");
    instructions = List.copyOf(instructions);
    packed = List.copyOf(packed);
  }

  /**
   * Returns the properties of a device. This starts the engine.
   *
   * @param device a name as in {@link Pipeline.Builder#device}
   * @return the current properties
   * @throws IllegalArgumentException if the name is invalid
   * @throws StableDiffusionException if the device does not exist, or the engine does not support
   *     it
   */
  public static DeviceInfo of(String device) {
    Objects.requireNonNull(device, "device");
    return Services.find(Backend.Pipelines.class).describe(DeviceNames.canonical(device));
  }
}
