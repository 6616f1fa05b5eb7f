package dev.sdlora.demo.emoji;

/** A set of drawings by one hand. */
public enum Style {
  /** Fluent Emoji, flat: what the base model draws. */
  FLAT(NpmPackage.FLUENT_FLAT),
  /** Fluent Emoji as line art. */
  HIGH_CONTRAST(NpmPackage.FLUENT_HIGH_CONTRAST),
  /** Noto Emoji. */
  NOTO(NpmPackage.NOTO);

  private final NpmPackage source;

  Style(NpmPackage source) {
    this.source = source;
  }

  NpmPackage source() {
    return source;
  }
}
