package dev.sdlora.server.job.shared;

import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.store.SavedImage;
import dev.sdlora.server.results.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The images of a job that this server draws, on their way to the results. Images are written one
 * after another by another thread, because a bucket may be slow, and the claims of jobs must be
 * renewed. Used by one thread.
 */
final class SavedImages {
  private final Optional<Results> results;
  private final Job job;
  private final Runnable whenSaved;
  private final List<CompletableFuture<SavedImage>> images = new ArrayList<>();

  /** The last problem; no further image is tried after one. */
  private volatile Optional<String> problem = Optional.empty();

  /**
   * Creates an empty list.
   *
   * @param results the place of the images; empty to keep them in the database
   * @param whenSaved called by another thread after each image
   */
  SavedImages(Optional<Results> results, Job job, Runnable whenSaved) {
    this.results = results.filter(place -> Results.isWanted(job));
    this.job = job;
    this.whenSaved = whenSaved;
  }

  /** Begins to save all finished images that are new. */
  void begin() {
    List<JobImage> finished = job.images();
    for (int i = images.size(); i < finished.size(); i++) {
      images.add(begun(i, finished.get(i)));
    }
  }

  private CompletableFuture<SavedImage> begun(int number, JobImage image) {
    if (results.isEmpty()) {
      image.png(); // Encodes it before a transaction begins.
      return CompletableFuture.completedFuture(new SavedImage(image, Optional.empty()));
    }
    Results place = results.get();
    CompletableFuture<SavedImage> before =
        number == 0 ? CompletableFuture.completedFuture(null) : images.get(number - 1);
    CompletableFuture<SavedImage> saved =
        before.handleAsync((last, failed) -> saved(place, number, image), place::run);
    var unused = saved.whenComplete((image1, failed) -> whenSaved.run());
    return saved;
  }

  private SavedImage saved(Results place, int number, JobImage image) {
    if (problem.isEmpty()) {
      try {
        return new SavedImage(image, Optional.of(place.write(job.id(), number, image)));
      } catch (IOException | RuntimeException e) { // The database keeps it.
        problem = Optional.of(Results.warning(job, number, e));
      }
    }
    image.png();
    return new SavedImage(image, Optional.empty());
  }

  /** Whether all images that were begun are saved. */
  boolean areAll() {
    return images.stream().allMatch(CompletableFuture::isDone);
  }

  /** Returns the saved images from a number on, up to the first that is not. */
  List<SavedImage> from(int number) {
    List<SavedImage> saved = new ArrayList<>();
    for (int i = number; i < images.size() && images.get(i).isDone(); i++) {
      saved.add(images.get(i).join());
    }
    return saved;
  }

  /** Returns a warning if images could not be saved. */
  List<String> warnings() {
    return problem.stream().toList();
  }
}
