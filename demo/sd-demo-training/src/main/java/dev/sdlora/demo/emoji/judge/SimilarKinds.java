package dev.sdlora.demo.emoji.judge;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Kinds whose drawings are nearly identical, so that nobody could tell them apart in an image. Two
 * are alike if their drawings, 32 pixels wide and on grey, differ by less than a bound in the mean
 * of all values and in their alpha. A kind that is like one member of a group belongs to the group.
 */
final class SimilarKinds {
  /** In levels of 255. */
  static final double BOUND = 1.5;

  private static final int SIDE = 32;
  private static final int AREA = SIDE * SIDE;

  private final int[] groups;
  private final Kinds kinds;

  private SimilarKinds(int[] groups, Kinds kinds) {
    this.groups = groups;
    this.kinds = kinds;
  }

  static SimilarKinds of(Kinds kinds) {
    short[][] images = new short[kinds.size()][];
    Arrays.setAll(images, kind -> values(kinds, kind));
    int[] groups = IntStream.range(0, kinds.size()).toArray();
    for (int one = 0; one < groups.length; one++) {
      for (int other = 0; other < one; other++) {
        if (groups[one] != groups[other] && areAlike(images[one], images[other])) {
          join(groups, one, other);
        }
      }
    }
    return new SimilarKinds(groups, kinds);
  }

  private static void join(int[] groups, int one, int other) {
    int from = Math.max(groups[one], groups[other]);
    int to = Math.min(groups[one], groups[other]);
    Arrays.setAll(groups, kind -> groups[kind] == from ? to : groups[kind]);
  }

  /** Returns the colours on grey, followed by alpha. */
  private static short[] values(Kinds kinds, int kind) {
    int[] pixels = kinds.drawing(kind, SIDE).getRGB(0, 0, SIDE, SIDE, null, 0, SIDE);
    short[] values = new short[4 * AREA];
    for (int p = 0; p < AREA; p++) {
      int alpha = pixels[p] >>> 24;
      for (int c = 0; c < 3; c++) {
        int level = pixels[p] >> (16 - 8 * c) & 255;
        values[4 * p + c] = (short) ((level * alpha + 128 * (255 - alpha)) / 255);
      }
      values[4 * p + 3] = (short) alpha;
    }
    return values;
  }

  private static boolean areAlike(short[] one, short[] other) {
    double most = BOUND * one.length;
    int sum = 0;
    for (int i = 0; i < one.length && sum < most; i++) {
      sum += Math.abs(one[i] - other[i]);
    }
    return sum < most;
  }

  /** Returns the group of a kind: the smallest number of a kind in it. */
  int of(int kind) {
    return groups[kind];
  }

  boolean areSame(int one, int other) {
    return groups[one] == groups[other];
  }

  /** Returns the words of each group with more than one kind. */
  List<String> words() {
    List<String> words = new ArrayList<>();
    for (int group = 0; group < groups.length; group++) {
      int number = group;
      List<String> members =
          IntStream.range(0, groups.length)
              .filter(kind -> groups[kind] == number)
              .mapToObj(kinds::word)
              .collect(Collectors.toList());
      if (members.size() > 1) {
        words.add(String.join(" = ", members));
      }
    }
    return words;
  }
}
