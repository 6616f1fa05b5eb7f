package dev.sdlora.api.image;

import dev.sdlora.api.value.FileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What enlarges images: a mode of resizing latents, a filter, or a network in a file. Immutable.
 *
 * @param name as A1111 shows it and writes it into images; that of a file is its name without the
 *     extension
 * @param file the network's file; empty for the built-in ones, and for a network that is to be
 *     found by its name
 */
public record Upscaler(String name, Optional<Path> file) {
  /**
   * Refuses null.
   *
   * @param name see {@link #named}
   * @param file empty where the name says it all
   */
  public Upscaler {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(file, "file");
  }

  /** Latents, bilinear. The default of hires fix. */
  public static final Upscaler LATENT = builtIn("Latent");

  /** Latents, bilinear, smoothed when they shrink. */
  public static final Upscaler LATENT_ANTIALIASED = builtIn("Latent (antialiased)");

  /** Latents, bicubic. */
  public static final Upscaler LATENT_BICUBIC = builtIn("Latent (bicubic)");

  /** Latents, bicubic, smoothed when they shrink. */
  public static final Upscaler LATENT_BICUBIC_ANTIALIASED = builtIn("Latent (bicubic antialiased)");

  /** Latents, nearest neighbour. */
  public static final Upscaler LATENT_NEAREST = builtIn("Latent (nearest)");

  /** Latents, nearest neighbour by pixel centres. */
  public static final Upscaler LATENT_NEAREST_EXACT = builtIn("Latent (nearest-exact)");

  /** Images, with the Lanczos filter. */
  public static final Upscaler LANCZOS = builtIn("Lanczos");

  /** Images, nearest neighbour. */
  public static final Upscaler NEAREST = builtIn("Nearest");

  /** No upscaler: images are resized with the Lanczos filter. */
  public static final Upscaler NONE = builtIn("None");

  private static final List<Upscaler> BUILT_IN =
      List.of(
          LATENT,
          LATENT_ANTIALIASED,
          LATENT_BICUBIC,
          LATENT_BICUBIC_ANTIALIASED,
          LATENT_NEAREST,
          LATENT_NEAREST_EXACT,
          LANCZOS,
          NEAREST,
          NONE);

  /**
   * Names an upscaler; whether there is one of that name is looked up when it is used.
   *
   * @param name that of a built-in one, in capitals or not, or of a network in the pipeline's
   *     folders of upscalers
   * @return the upscaler
   * @throws IllegalArgumentException if the name is blank
   */
  public static Upscaler named(String name) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("upscaler must have a name: '" + name + "'");
    }
    return BUILT_IN.stream()
        .filter(upscaler -> upscaler.name.equalsIgnoreCase(name))
        .findFirst()
        .orElseGet(() -> new Upscaler(name, Optional.empty()));
  }

  private static Upscaler builtIn(String name) {
    return new Upscaler(name, Optional.empty());
  }

  /**
   * Takes a network in a file as upscaler.
   *
   * @param file of the ESRGAN family, see {@link UpscalerNetwork}; read when it is used
   * @return the upscaler, named after the file
   */
  public static Upscaler of(Path file) {
    Objects.requireNonNull(file, "file");
    return new Upscaler(FileNames.stem(file), Optional.of(Objects.requireNonNull(file, "file")));
  }

  /** {@return the upscalers that need no file} */
  public static List<Upscaler> builtIn() {
    return BUILT_IN;
  }

  /** {@return whether latents are enlarged rather than images} */
  public boolean isLatent() {
    return file.isEmpty() && name.startsWith("Latent") && BUILT_IN.contains(this);
  }
}
