package dev.sdlora.server.gallery;

import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.JobImage;
import dev.sdlora.server.job.JobQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The images of the jobs in the history, used without an output folder; they disappear with their
 * jobs.
 */
public final class JobGallery implements Gallery {
  private final JobQueue queue;
  private final Set<String> deleted = ConcurrentHashMap.newKeySet();

  /** Creates a gallery of a queue's jobs. */
  public JobGallery(JobQueue queue) {
    this.queue = queue;
  }

  private record Kept(Job job, JobImage image, GalleryImage entry) {}

  private List<Kept> all() {
    List<Kept> all = new ArrayList<>();
    for (Job job : queue.jobs()) {
      List<JobImage> images = job.images();
      for (int i = 0; i < images.size(); i++) {
        String name = "%s-%s.png".formatted(job.id(), i);
        JobImage image = images.get(i);
        all.add(
            new Kept(
                job,
                image,
                GalleryImage.of(
                    name, job.created(), image.width(), image.height(), image.infotext())));
      }
    }
    deleted.retainAll(all.stream().map(kept -> kept.entry().name()).toList());
    all.removeIf(kept -> deleted.contains(kept.entry().name()));
    return all;
  }

  private Optional<Kept> kept(String name) {
    return all().stream().filter(kept -> kept.entry().name().equals(name)).findFirst();
  }

  @Override
  public List<GalleryImage> newestFirst() {
    List<GalleryImage> images = new ArrayList<>(all().stream().map(Kept::entry).toList());
    Collections.reverse(images);
    return images;
  }

  @Override
  public Optional<GalleryImage> image(String name) {
    return kept(name).map(Kept::entry);
  }

  @Override
  public Optional<byte[]> find(String name) {
    return kept(name).map(kept -> kept.image().png());
  }

  /** Deletes the job with its last image. */
  @Override
  public boolean delete(String name) {
    Optional<Kept> found = kept(name);
    found.ifPresent(
        kept -> {
          deleted.add(name);
          if (all().stream().noneMatch(other -> other.job() == kept.job())) {
            queue.forget(kept.job());
          }
        });
    return found.isPresent();
  }
}
