package dev.sdlora.api.image;

import dev.sdlora.api.value.FileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A method for enlarging images: interpolation of latents, a filter, or a network from a file.
 * Immutable.
 *
 * @param name the name that A1111 shows and writes into image metadata; for a file, its name
 *     without the extension
 * @param file the network's file; empty for the built-in upscalers and for networks found by name
 */
public record Upscaler(String name, Optional<Path> file) {
  /**
   * Checks that no argument is null.
   *
   * @param name the name; see {@link #named}
   * @param file the network's file; empty if the upscaler is found by its name
   */
  public Upscaler {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(file, "file");
  }

  /** Bilinear interpolation of latents. The default of hires fix. */
  public static final Upscaler LATENT = builtIn("Latent");

  /** Bilinear interpolation of latents, antialiased when they shrink. */
  public static final Upscaler LATENT_ANTIALIASED = builtIn("Latent (antialiased)");

  /** Bicubic interpolation of latents. */
  public static final Upscaler LATENT_BICUBIC = builtIn("Latent (bicubic)");

  /** Bicubic interpolation of latents, antialiased when they shrink. */
  public static final Upscaler LATENT_BICUBIC_ANTIALIASED = builtIn("Latent (bicubic antialiased)");

  /** Nearest-neighbour interpolation of latents. */
  public static final Upscaler LATENT_NEAREST = builtIn("Latent (nearest)");

  /** Nearest-neighbour interpolation of latents by pixel centres. */
  public static final Upscaler LATENT_NEAREST_EXACT = builtIn("Latent (nearest-exact)");

  /** Lanczos filter on images. */
  public static final Upscaler LANCZOS = builtIn("Lanczos");

  /** Nearest-neighbour interpolation of images. */
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
   * Returns the upscaler of a name. A name that is not built in is looked up when the upscaler is
   * used.
   *
   * @param name a built-in upscaler, ignoring case, or a network in the pipeline's upscaler folders
   * @return the upscaler
   * @throws IllegalArgumentException if the name is blank
   */
  public static Upscaler named(String name) {
    Objects.requireNonNull(name, "name");
    if (name.isBlank()) {
      throw new IllegalArgumentException("upscaler name must not be blank: '" + name + "'");
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
   * Returns an upscaler that uses a network from a file.
   *
   * @param file a network of the ESRGAN family, see {@link UpscalerNetwork}; it is read when it is
   *     used
   * @return the upscaler, named after the file
   */
  public static Upscaler of(Path file) {
    Objects.requireNonNull(file, "file");
    return new Upscaler(FileNames.stem(file), Optional.of(Objects.requireNonNull(file, "file")));
  }

  /** {@return the built-in upscalers, which need no file} */
  public static List<Upscaler> builtIn() {
    return BUILT_IN;
  }

  /** {@return whether this upscaler enlarges latents instead of images} */
  public boolean isLatent() {
    return file.isEmpty() && name.startsWith("Latent") && BUILT_IN.contains(this);
  }
}
