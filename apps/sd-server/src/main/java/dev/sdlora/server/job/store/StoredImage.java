package dev.sdlora.server.job.store;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.image.Image;
import dev.sdlora.server.job.JobImage;
import java.io.ByteArrayInputStream;

/**
 * An image in the database.
 *
 * @param store loads it
 * @param job the id of its job
 * @param number counts the images of the job, from 0
 * @param seed the seed
 * @param infotext the settings
 * @param width the width in pixels; 0 if servers of an older version stored it
 * @param height the height in pixels
 */
record StoredImage(
    JobStore store, String job, int number, long seed, String infotext, int width, int height)
    implements JobImage {

  /** Returns the image with its size, which the file of an old one tells. */
  StoredImage measured() {
    if (width > 0) {
      return this;
    }
    Image image = load().image();
    return new StoredImage(store, job, number, seed, infotext, image.width(), image.height());
  }

  @Override
  public GeneratedImage load() {
    return new GeneratedImage(Image.read(new ByteArrayInputStream(png())), seed, infotext);
  }

  @Override
  public byte[] png() {
    return store.png(job, number);
  }

  @Override
  public long heldBytes() {
    return 2L * infotext.length();
  }
}
