package dev.sdlora.pipeline.conditioning;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an image is to show and what not, in every call of the model.
 *
 * @param parts the sides of the prompt's {@code AND}, at least one (Liu et al. 2022, "Compositional
 *     Visual Generation with Composable Diffusion Models")
 * @param negative the negative prompt
 * @param padding states of an empty chunk, of which as many are added to the shorter of prompt and
 *     negative prompt as it lacks; when empty, they keep their lengths
 */
public record Conditions(
    List<Part> parts, ConditioningSchedule negative, Optional<Conditioning> padding) {
  /**
   * A side of an {@code AND}.
   *
   * @param weight how strongly it pulls, 1 being neutral; negative weights push away
   * @param area how much of the weight each position of a latent gets, [height / 8 · width / 8];
   *     empty where all get all of it
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  public record Part(ConditioningSchedule schedule, double weight, Optional<float[]> area) {
    /** A side that acts in all of the image. */
    public Part(ConditioningSchedule schedule, double weight) {
      this(schedule, weight, Optional.empty());
    }

    /** The weight at a position. */
    public double weightAt(int position) {
      return area.isPresent() ? weight * area.get()[position] : weight;
    }
  }

  /**
   * The conditions of one call.
   *
   * @param prompt one for each part, all of one length
   * @param negative of that length too where there is padding
   */
  public record Call(List<Conditioning> prompt, Conditioning negative) {}

  /** Copies the parts. */
  public Conditions {
    parts = List.copyOf(parts);
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a prompt needs at least one part");
    }
  }

  /** A prompt and a negative prompt that stay as they are. */
  public static Conditions of(Conditioning prompt, Conditioning negative) {
    return new Conditions(
        List.of(new Part(ConditioningSchedule.of(prompt), 1)),
        ConditioningSchedule.of(negative),
        Optional.empty());
  }

  /**
   * These, with what parts of the image read in their place.
   *
   * @param regions the same texts, encoded with the LoRAs of each part
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
                    regions.stream().map(region -> region.padding.orElseThrow()).toList())));
  }

  /**
   * These, acting in parts of the image.
   *
   * @param areas for each side, in their order
   */
  public Conditions in(List<Optional<float[]>> areas) {
    List<Part> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      all.add(new Part(parts.get(i).schedule, parts.get(i).weight, areas.get(i)));
    }
    return new Conditions(all, negative, padding);
  }

  /** What holds in a call, counted from 0. */
  public Call at(int call) {
    List<Conditioning> sides = parts.stream().map(part -> part.schedule.at(call)).toList();
    Conditioning uncond = negative.at(call);
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
