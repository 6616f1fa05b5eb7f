package dev.sdlora.training.data;

import dev.sdlora.api.value.Checks;
import dev.sdlora.training.option.ValidationOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The choice of the images that are held out for validation. Stateless. */
public final class HeldOut {
  private HeldOut() {}

  /**
   * Chooses images at random, at least one.
   *
   * @param images the number of all images
   * @param seed the seed of the training
   * @return the indices of the images, in order
   * @throws IllegalArgumentException if no image would be left to train on
   */
  public static List<Integer> of(int images, ValidationOptions options, long seed) {
    int count = Math.max(1, (int) Math.round(options.share() * images));
    Checks.require(
        count < images,
        "share of validation",
        "leave at least one of the " + images + " images to train on",
        options.share());
    SplittableRandom random = SeededRandom.of(seed, "held out", 0);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < images; i++) {
      order.add(random.nextInt(i + 1), i);
    }
    List<Integer> chosen = new ArrayList<>(order.subList(0, count));
    Collections.sort(chosen);
    return List.copyOf(chosen);
  }

  /** The items whose indices are not held out. */
  public static <T> List<T> without(List<Integer> heldOut, List<T> all) {
    return IntStream.range(0, all.size())
        .filter(i -> !heldOut.contains(i))
        .mapToObj(all::get)
        .toList();
  }
}
