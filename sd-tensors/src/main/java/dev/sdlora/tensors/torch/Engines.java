package dev.sdlora.tensors.torch;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.DeviceNames;
import dev.sdlora.tensors.natives.EnvironmentSettings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the engine of this process, once, and the devices of its pipelines. Asks the class path
 * and drivers, and starts nothing. Thread-safe.
 */
public final class Engines {
  private static final String VARIABLE = "SDLORA_ENGINE";
  private static final String PROPERTY = "sdlora.engine";
  private static final TorchEngine DJL = new DjlEngine();

  private static final String CPU = "cpu";

  /** Kinds of devices, the fastest first. */
  private static final List<String> KINDS = List.of("gpu", "mps", CPU);

  private static @Nullable TorchEngine chosen;

  private Engines() {}

  /**
   * Chooses the device of a pipeline, and the engine if none has been chosen yet: the one with the
   * device, and {@code djl} if both have it.
   *
   * @param engine the name of the engine; by default that of {@code SDLORA_ENGINE} or of the system
   *     property {@code sdlora.engine}
   * @param device the device; {@code auto} is the best one
   * @return the device, not {@code auto}
   * @throws StableDiffusionException if there is no such engine or device, or the process already
   *     uses another engine
   */
  public static synchronized String device(Optional<String> engine, String device) {
    List<TorchEngine> candidates = candidates(engine);
    String place =
        device.equals(DeviceNames.AUTO)
            ? candidates.stream()
                .flatMap(each -> each.devices().stream())
                .min(Comparator.comparingInt(Engines::rank))
                .orElse(CPU)
            : device;
    choose(candidates, place);
    return place;
  }

  private static int rank(String device) {
    return KINDS.indexOf(device.substring(0, 3));
  }

  /** Returns the engine of this process, which has a device; chooses one if none is chosen. */
  static synchronized TorchEngine with(String device) {
    if (chosen == null && device.equals(CPU)) {
      // A later pipeline may want the best device.
      device(Optional.empty(), DeviceNames.AUTO);
    }
    return choose(candidates(Optional.empty()), device);
  }

  /** Returns the engine of this process; chooses one if none has been chosen. */
  static synchronized TorchEngine engine() {
    TorchEngine known = chosen;
    if (known == null) {
      device(Optional.empty(), DeviceNames.AUTO);
      return engine();
    }
    return known;
  }

  /** Every engine has the processor, so a single candidate is not asked for it. */
  private static TorchEngine choose(List<TorchEngine> candidates, String device) {
    TorchEngine one =
        candidates.stream()
            .filter(each -> (candidates.size() == 1 && device.equals(CPU)) || has(each, device))
            .findFirst()
            .orElseThrow(() -> missing(candidates, device));
    chosen = one;
    return one;
  }

  private static boolean has(TorchEngine engine, String device) {
    return engine.devices().contains(device);
  }

  private static StableDiffusionException missing(List<TorchEngine> candidates, String device) {
    String found =
        candidates.stream().map(each -> finding(each, device)).collect(Collectors.joining("; "));
    String other =
        present().stream()
            .filter(each -> !candidates.contains(each) && has(each, device))
            .map(each -> "; engine '%s' has it and must be named first".formatted(each.name()))
            .findFirst()
            .orElse("");
    return new StableDiffusionException(
        "there is no %s: %s%s"
            .formatted(
                isGpu(device) ? "GPU " + device.substring(3) : "device '" + device + "'",
                found,
                other));
  }

  private static String finding(TorchEngine engine, String device) {
    long gpus = engine.devices().stream().filter(Engines::isGpu).count();
    return "libtorch %s, finds %s; %s"
        .formatted(
            engine.libtorch(),
            isGpu(device) ? gpus + " NVIDIA GPUs" : String.join(", ", engine.devices()),
            engine.cure(device));
  }

  private static boolean isGpu(String device) {
    return device.startsWith("gpu");
  }

  /** Returns the engines that can be chosen, at least one. */
  private static List<TorchEngine> candidates(Optional<String> name) {
    TorchEngine known = chosen;
    Optional<String> wanted =
        known == null ? name.or(() -> EnvironmentSettings.value(VARIABLE, PROPERTY)) : name;
    if (known != null && (wanted.isEmpty() || wanted.get().equals(known.name()))) {
      return List.of(known);
    }
    List<TorchEngine> all = all();
    if (wanted.isPresent()) {
      TorchEngine named =
          all.stream()
              .filter(each -> each.name().equals(wanted.get()))
              .findFirst()
              .orElseThrow(() -> unknown(wanted.get(), all));
      if (known != null) {
        throw new StableDiffusionException(
            "engine '%s' cannot start because '%s' computes in this process, which can load only one libtorch; name the engine for the first pipeline, or set %s"
                .formatted(named.name(), known.name(), VARIABLE));
      }
      return List.of(named);
    }
    List<TorchEngine> present = present();
    return present.isEmpty() ? List.of(DJL) : present;
  }

  private static StableDiffusionException unknown(String name, List<TorchEngine> all) {
    return new StableDiffusionException(
        "there is no engine '%s' on the class path: expected %s%s"
            .formatted(
                name,
                all.stream().map(TorchEngine::name).collect(Collectors.joining(" or ")),
                name.equals("libtorch") ? "; libtorch is in dev.sdlora:sd-libtorch" : ""));
  }

  private static List<TorchEngine> present() {
    return all().stream().filter(TorchEngine::isPresent).toList();
  }

  private static List<TorchEngine> all() {
    List<TorchEngine> all = new ArrayList<>();
    all.add(DJL);
    ServiceLoader.load(TorchEngine.class, Engines.class.getClassLoader()).forEach(all::add);
    return all;
  }
}
