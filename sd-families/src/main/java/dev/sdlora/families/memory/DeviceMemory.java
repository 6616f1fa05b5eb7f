package dev.sdlora.families.memory;

import dev.sdlora.tensors.natives.NvidiaGpu;
import dev.sdlora.tensors.natives.Processor;
import java.util.function.LongSupplier;

/**
 * The memory of a device. Processors and Apple's GPUs share that of the machine.
 *
 * @param device the name of the device
 */
public record DeviceMemory(String device) implements LongSupplier {
  private static final String GPU = "gpu";

  private boolean isOwn() {
    return device.startsWith(GPU);
  }

  private NvidiaGpu gpu() {
    return NvidiaGpu.of(Integer.parseInt(device.substring(GPU.length())));
  }

  /** Returns the available memory in bytes. */
  @Override
  public long getAsLong() {
    return isOwn() ? gpu().free() : new MachineMemory().getAsLong();
  }

  /** Returns the physical memory in bytes. */
  public long physical() {
    return isOwn() ? gpu().total() : MachineMemory.physical();
  }

  /** Returns the name of the processor or GPU. */
  public String name() {
    return isOwn() ? gpu().name() : Processor.name();
  }
}
