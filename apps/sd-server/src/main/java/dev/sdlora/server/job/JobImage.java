package dev.sdlora.server.job;

import dev.sdlora.api.GeneratedImage;
import java.lang.ref.SoftReference;

/** A finished image of a job, in memory or in a place that it is loaded from when it is needed. */
public interface JobImage {
  /** Returns the seed. */
  long seed();

  /** Returns the settings in A1111's text format. */
  String infotext();

  /** Returns the width in pixels. */
  int width();

  /** Returns the height in pixels. */
  int height();

  /**
   * Returns the image.
   *
   * @throws StoreException if it cannot be loaded
   */
  GeneratedImage load();

  /**
   * Returns the PNG file with the settings; it must not be changed.
   *
   * @throws StoreException if it cannot be loaded
   */
  byte[] png();

  /** Estimates the heap that is held in bytes. */
  long heldBytes();

  /** Returns an image in memory. */
  static JobImage of(GeneratedImage image) {
    return new InMemory(image);
  }

  /** An image in memory; its file is kept as long as there is room. */
  final class InMemory implements JobImage {
    private final GeneratedImage image;
    private volatile SoftReference<byte[]> file = new SoftReference<>(new byte[0]);

    InMemory(GeneratedImage image) {
      this.image = image;
    }

    @Override
    public long seed() {
      return image.seed();
    }

    @Override
    public String infotext() {
      return image.infotext();
    }

    @Override
    public int width() {
      return image.width();
    }

    @Override
    public int height() {
      return image.height();
    }

    @Override
    public GeneratedImage load() {
      return image;
    }

    @Override
    public byte[] png() {
      byte[] known = file.get();
      if (known == null || known.length == 0) {
        known = image.png();
        file = new SoftReference<>(known);
      }
      return known;
    }

    @Override
    public long heldBytes() {
      return HeldBytes.of(image);
    }
  }
}
