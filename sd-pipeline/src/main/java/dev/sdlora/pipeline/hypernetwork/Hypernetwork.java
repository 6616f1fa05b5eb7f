package dev.sdlora.pipeline.hypernetwork;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.tensors.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A hypernetwork with the strength that a request sets.
 *
 * @param name its name in the request
 * @param file its file
 * @param multiplier its strength; 0 disables it
 */
public record Hypernetwork(String name, HypernetworkFile file, double multiplier) {
  private static final Map<Integer, String> FAMILIES =
      Map.of(768, "SD 1.x", 1024, "SD 2.x", 2048, "SDXL");

  /**
   * Throws if it was made for another family. A1111 instead applies the layers that happen to match
   * some width.
   *
   * @throws StableDiffusionException if it does not fit
   */
  public void requireFit(Optional<UNetConfig> config, Checkpoint checkpoint) {
    UNetConfig unet =
        config.orElseThrow(
            () ->
                new StableDiffusionException(
                    "hypernetwork '%s' changes the attention of a U-Net, but checkpoint '%s' is %s, which has none"
                        .formatted(name, checkpoint.name(), checkpoint.family().label()),
                    ErrorDetails.in(file.path()).withName(name)));
    Set<Integer> widths = widths(unet);
    Set<Integer> own = file.widths();
    boolean fits =
        own.contains(unet.contextWidth())
            ? own.stream().anyMatch(widths::contains)
            : widths.containsAll(own);
    if (!fits) {
      String family =
          own.stream()
              .filter(FAMILIES::containsKey)
              .map(width -> " (the text of %s has width %s)".formatted(FAMILIES.get(width), width))
              .findFirst()
              .orElse("");
      throw new StableDiffusionException(
          "hypernetwork '%s' changes layers of widths %s%s, but checkpoint '%s' is %s, whose attention reads widths %s"
              .formatted(name, own, family, checkpoint.name(), checkpoint.family().label(), widths),
          ErrorDetails.in(file.path()).withName(name));
    }
  }

  /** Returns the input widths of the key and value projections in a U-Net. */
  private static Set<Integer> widths(UNetConfig unet) {
    Set<Integer> widths = new TreeSet<>();
    unet.weights()
        .forEach(
            (name, shape) -> {
              if (name.endsWith(".to_k.weight")) {
                widths.add(shape.get(1).intValue());
              }
            });
    return widths;
  }

  /**
   * Returns the tensors that the U-Net's program receives in addition to its weights.
   *
   * @param all the hypernetworks, in the order in which they are applied
   * @param owner will own the tensors
   * @throws dev.sdlora.api.error.TensorFileException if a file can no longer be read
   */
  public static Map<String, NDArray> tensors(
      List<Hypernetwork> all, UNetConfig unet, NDManager owner) {
    Set<Integer> widths = widths(unet);
    Map<String, NDArray> tensors = new LinkedHashMap<>();
    int number = 0;
    for (Hypernetwork each : all) {
      if (each.multiplier != 0) {
        String prefix = "hypernetworks." + number++;
        tensors.put(prefix, Torch.floats(owner, new float[] {(float) each.multiplier}, 1));
        tensors.putAll(each.file.tensors(prefix, widths, owner));
      }
    }
    return tensors;
  }
}
