package dev.sdlora.demo;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The ground of an image: its palette colour, and the colour measured in the image. */
record Ground(Colour colour, Rgb measured) {
  private static final int RING = 20;

  /** Returns the most common colour along the border, where lines or a thing may be too. */
  static Ground of(Planes picture) {
    int width = picture.width();
    int height = picture.height();
    int ring = Math.max(1, Math.min(width, height) / RING);
    Map<Colour, List<Rgb>> votes =
        IntStream.range(0, width * height)
            .filter(i -> toBorder(i % width, i / width, width, height) < ring)
            .mapToObj(picture::rgb)
            .collect(Collectors.groupingBy(rgb -> rgb.nearest(Set.of())));
    return votes.entrySet().stream()
        .max(Comparator.comparingInt(vote -> vote.getValue().size()))
        .map(vote -> new Ground(vote.getKey(), Rgb.median(vote.getValue())))
        .orElseThrow();
  }

  private static int toBorder(int x, int y, int width, int height) {
    return Math.min(Math.min(x, width - 1 - x), Math.min(y, height - 1 - y));
  }
}
