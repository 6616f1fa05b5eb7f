package dev.sdlora.server.job.store;

import dev.sdlora.api.image.Image;
import dev.sdlora.server.job.JobImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Optional;

/**
 * The images of a job in the database.
 *
 * @param store loads them
 * @param id the id of the job
 */
public record StoredParts(JobStore store, String id) {
  /** Returns the finished images, in order. */
  public List<JobImage> images() {
    return store.images(id);
  }

  /** Returns a kept preview. */
  public Optional<BufferedImage> preview(int number) {
    return store.part(id, StoredJob.Part.PREVIEW, number).map(StoredParts::decoded);
  }

  /** Decodes a file of the database. */
  public static BufferedImage decoded(byte[] png) {
    return Image.read(new ByteArrayInputStream(png)).toBufferedImage();
  }
}
