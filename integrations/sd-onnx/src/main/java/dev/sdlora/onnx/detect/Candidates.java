package dev.sdlora.onnx.detect;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Chooses among the boxes that a network proposes (non-maximum suppression). */
public final class Candidates {
  /** Proposals beyond these are the least confident ones. */
  private static final int MOST_PROPOSALS = 30_000;

  private Candidates() {}

  /**
   * Keeps the boxes that no more confident box of the same class overlaps.
   *
   * @param overlap the largest overlap of two kept boxes, 0 to 1
   * @param most the largest number of kept boxes
   * @return the kept boxes, the most confident first
   */
  public static List<Candidate> distinct(List<Candidate> proposed, double overlap, int most) {
    return distinct(proposed, overlap, most, box -> box);
  }

  /**
   * Keeps the boxes that no more confident box of the same class overlaps.
   *
   * @param compared returns the box to compare in place of a proposed one
   */
  static List<Candidate> distinct(
      List<Candidate> proposed, double overlap, int most, UnaryOperator<Candidate> compared) {
    List<Candidate> kept = new ArrayList<>();
    List<Candidate> taken = new ArrayList<>();
    List<Candidate> sorted =
        proposed.stream()
            .filter(Candidate::isBox)
            .sorted(Comparator.comparingDouble(Candidate::score).reversed())
            .limit(MOST_PROPOSALS)
            .toList();
    for (Candidate each : sorted) {
      if (kept.size() == most) {
        break;
      }
      Candidate box = compared.apply(each);
      if (taken.stream()
          .noneMatch(other -> other.kind() == box.kind() && other.overlap(box) > overlap)) {
        taken.add(box);
        kept.add(each);
      }
    }
    return kept;
  }
}
