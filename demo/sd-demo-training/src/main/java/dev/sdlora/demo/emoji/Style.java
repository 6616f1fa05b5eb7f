package dev.sdlora.demo.emoji;

import java.io.IOException;
import java.nio.file.Path;

/** A set of drawings by one hand. */
public enum Style {
  /** Fluent Emoji, flat: the style of the base model. */
  FLAT(NpmPackage.FLUENT_FLAT),
  /** Fluent Emoji as line art. */
  HIGH_CONTRAST(NpmPackage.FLUENT_HIGH_CONTRAST),
  /** Noto Emoji. */
  NOTO(NpmPackage.NOTO),
  /** Fluent Emoji, rendered in 3D with lighting. */
  FLUENT_3D(NpmPackage.FLUENT_3D) {
    @Override
    Drawings drawings(Path cache) throws IOException {
      return new ImageDrawings(NpmPackage.FLUENT_3D.files(cache, ".webp"));
    }
  };

  private final NpmPackage source;

  Style(NpmPackage source) {
    this.source = source;
  }

  Drawings drawings(Path cache) throws IOException {
    return SvgDrawings.of(source.file(cache, "icons.json"));
  }
}
