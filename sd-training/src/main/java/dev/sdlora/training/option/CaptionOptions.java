package dev.sdlora.training.option;

import dev.sdlora.api.value.Checks;

/**
 * Changes of captions from step to step. Tags are the parts of a caption between commas.
 *
 * @param shuffle whether tags are put in random order in each step. Default: false
 * @param kept the number of tags at the start that keep their place and are never left out, at
 *     least 0. Default: 0
 * @param tagDropout the share of the other tags that are left out, 0 to 1. Default: 0
 * @param dropout the share of captions that are replaced by the empty caption, 0 to 1. Default: 0
 */
public record CaptionOptions(boolean shuffle, int kept, double tagDropout, double dropout) {
  /** Captions as they are. */
  public static final CaptionOptions DEFAULTS = new CaptionOptions(false, 0, 0, 0);

  /** Checks the options; see the class for their ranges. */
  public CaptionOptions {
    Checks.atLeast(0, kept, "kept");
    Checks.inRange(0.0, 1.0, tagDropout, "tagDropout");
    Checks.inRange(0.0, 1.0, dropout, "captionDropout");
  }

  /**
   * Returns a copy that shuffles tags.
   *
   * @param first the number of tags at the start that keep their place, at least 0
   * @return the copy
   */
  public CaptionOptions withShuffledTags(int first) {
    return new CaptionOptions(true, first, tagDropout, dropout);
  }

  /**
   * Returns a copy that leaves out tags.
   *
   * @param share the share of tags, 0 to 1
   * @return the copy
   */
  public CaptionOptions withTagDropout(double share) {
    return new CaptionOptions(shuffle, kept, share, dropout);
  }

  /**
   * Returns a copy that leaves out whole captions.
   *
   * @param share the share of captions, 0 to 1
   * @return the copy
   */
  public CaptionOptions withDropout(double share) {
    return new CaptionOptions(shuffle, kept, tagDropout, share);
  }
}
