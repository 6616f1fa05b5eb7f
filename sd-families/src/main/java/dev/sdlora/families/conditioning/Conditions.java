package dev.sdlora.families.conditioning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The positive and negative conditions of an image in every model call.
 *
 * @param parts the parts of the prompt's {@code AND}, at least one (Liu et al. 2022, "Compositional
 *     Visual Generation with Composable Diffusion Models")
 * @param negative the negative prompt
 * @param padding states of an empty chunk, which is repeated to pad the shorter of prompt and
 *     negative prompt; if empty, they keep their lengths
 * @param alike whether the shorter parts of a call are stretched to the longest, as in A1111; if
 *     not, each keeps its length
 */
public record Conditions(
    List<Part> parts,
    ConditioningSchedule negative,
    Optional<Conditioning> padding,
    boolean alike) {
  /**
   * A part of an {@code AND}.
   *
   * @param weight its strength, 1 being neutral; negative weights push away
   * @param area the share of the weight at each position of a latent, [height / 8 · width / 8];
   *     empty if the weight applies everywhere
   */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  public record Part(ConditioningSchedule schedule, double weight, Optional<float[]> area) {
    /** Creates a part that applies to the whole image. */
    public Part(ConditioningSchedule schedule, double weight) {
      this(schedule, weight, Optional.empty());
    }

    /** Returns the weight at a position. */
    public double weightAt(int position) {
      return area.isPresent() ? weight * area.get()[position] : weight;
    }
  }

  /**
   * The conditions of one call.
   *
   * @param prompt one for each part
   * @param negative has the same length if there is padding
   */
  public record Call(List<Conditioning> prompt, Conditioning negative) {}

  /** Copies the parts. */
  public Conditions {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a prompt needs at least one part");
    }
  }

  /** Creates conditions whose parts are brought to one length. */
  public Conditions(
      List<Part> parts, ConditioningSchedule negative, Optional<Conditioning> padding) {
    this(parts, negative, padding, true);
  }

  /** Creates conditions that stay the same in every call. */
  public static Conditions of(Conditioning prompt, Conditioning negative) {
    return new Conditions(
        List.of(new Part(ConditioningSchedule.of(prompt), 1)),
        ConditioningSchedule.of(negative),
        Optional.empty());
  }

  /**
   * Returns a copy with the conditions that regions read instead.
   *
   * @param regions the same texts, encoded with each region's LoRAs
   */
  public Conditions withRegions(List<Conditions> regions) {
    if (regions.isEmpty()) {
      return this;
    }
    List<Part> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      int index = i;
      Part own = parts.get(i);
      List<ConditioningSchedule> others =
          regions.stream().map(region -> region.parts.get(index).schedule).toList();
      all.add(new Part(own.schedule.withRegions(others), own.weight, own.area));
    }
    return new Conditions(
        all,
        negative.withRegions(regions.stream().map(Conditions::negative).toList()),
        padding.map(
            own ->
                own.withRegions(
                    regions.stream().map(region -> region.padding.orElseThrow()).toList())),
        alike);
  }

  /**
   * Returns a copy whose parts apply only to areas of the image.
   *
   * @param areas one for each part, in their order
   */
  public Conditions in(List<Optional<float[]>> areas) {
    List<Part> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      all.add(new Part(parts.get(i).schedule, parts.get(i).weight, areas.get(i)));
    }
    return new Conditions(all, negative, padding, alike);
  }

  /** Returns the conditions for a call, counted from 0. */
  public Call at(int call) {
    List<Conditioning> sides = parts.stream().map(part -> part.schedule.at(call)).toList();
    Conditioning uncond = negative.at(call);
    if (!alike) {
      return new Call(sides, uncond);
    }
    int longest = sides.stream().mapToInt(Conditioning::tokens).max().orElseThrow();
    int padded = padding.isPresent() ? Math.max(longest, uncond.tokens()) : longest;
    return new Call(
        sides.stream().map(side -> pad(side.stretched(longest), padded)).toList(),
        pad(uncond, padded));
  }

  private Conditioning pad(Conditioning conditioning, int tokens) {
    Conditioning padded = conditioning;
    while (padding.isPresent() && padded.tokens() < tokens) {
      padded = padded.followedBy(padding.get());
    }
    return padded;
  }
}
