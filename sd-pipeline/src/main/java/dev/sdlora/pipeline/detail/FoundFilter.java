package dev.sdlora.pipeline.detail;

import dev.sdlora.api.image.DetailPass;
import dev.sdlora.api.image.Detector.Found;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/** Chooses the finds that a detail pass repaints, and their order. */
public final class FoundFilter {
  private FoundFilter() {}

  /**
   * Returns the finds to repaint, in order. Boxes are cut at the edges of the image; finds outside
   * it are dropped.
   *
   * @param finds the finds of a detector
   * @param width the width of the image in pixels
   * @param height its height
   */
  public static List<Found> of(List<Found> finds, DetailPass pass, int width, int height) {
    List<Found> kept =
        finds.stream()
            .filter(found -> found.confidence() >= pass.confidence() && isWanted(found, pass))
            .flatMap(found -> inside(found, width, height).stream())
            .filter(found -> isInShare(area(found) / ((double) width * height), pass))
            .toList();
    return ordered(most(kept, pass), pass, width, height);
  }

  private static boolean isWanted(Found found, DetailPass pass) {
    return pass.labels().isEmpty()
        || pass.labels().stream().anyMatch(label -> WantedLabels.isSame(label, found.label()));
  }

  private static boolean isInShare(double share, DetailPass pass) {
    return pass.leastShare() <= share && share <= pass.mostShare();
  }

  private static Optional<Found> inside(Found found, int width, int height) {
    double left = Math.max(0, found.left());
    double top = Math.max(0, found.top());
    double right = Math.min(width, found.right());
    double bottom = Math.min(height, found.bottom());
    return left < right && top < bottom
        ? Optional.of(
            new Found(left, top, right, bottom, found.confidence(), found.label(), found.mask()))
        : Optional.empty();
  }

  private static double area(Found found) {
    return (found.right() - found.left()) * (found.bottom() - found.top());
  }

  /** Returns the largest or the most confident finds, these first; of equal ones, the later. */
  private static List<Found> most(List<Found> finds, DetailPass pass) {
    if (pass.most() == 0) {
      return finds;
    }
    ToDoubleFunction<Found> value = pass.mostConfident() ? Found::confidence : FoundFilter::area;
    List<Found> rising = new ArrayList<>(finds);
    rising.sort(Comparator.comparingDouble(value));
    Collections.reverse(rising);
    return rising.subList(0, Math.min(pass.most(), rising.size()));
  }

  private static List<Found> ordered(List<Found> finds, DetailPass pass, int width, int height) {
    return switch (pass.order()) {
      case CONFIDENCE -> List.copyOf(finds);
      case LEFT_TO_RIGHT -> sorted(finds, Found::left);
      case CENTER_TO_EDGE ->
          sorted(
              finds,
              found ->
                  Math.hypot(
                      width / 2.0 - (found.left() + found.right()) / 2,
                      height / 2.0 - (found.top() + found.bottom()) / 2));
      case LARGEST -> sorted(finds, found -> -area(found));
    };
  }

  private static List<Found> sorted(List<Found> finds, ToDoubleFunction<Found> key) {
    return finds.stream().sorted(Comparator.comparingDouble(key)).toList();
  }
}
