package dev.sdlora.server.job.shared;

import dev.sdlora.request.image.Base64Images;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.Work;
import dev.sdlora.server.job.store.Claims;
import dev.sdlora.server.job.store.JobReport;
import dev.sdlora.server.job.store.SavedImage;
import dev.sdlora.server.job.store.StoredJob;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A job that this server has claimed. Used by one thread, except {@link #ended}. */
final class ClaimedJob {
  final StoredJob.Claim claim;
  final SharedWork work;
  final Job job;
  final SavedImages saved;
  @Nullable BufferedImage storedPreview;
  int images;
  int previews;
  int cells;
  volatile @Nullable Ended ended;

  ClaimedJob(StoredJob.Claim claim, SharedWork work, Job job, SavedImages saved) {
    this.claim = claim;
    this.work = work;
    this.job = job;
    this.saved = saved;
  }

  /**
   * Returns what the database does not have yet.
   *
   * @param all whether the job has ended; until then, the only image of a job waits for its end
   */
  Claims.Update update(UnaryOperator<JobReport> completed, Optional<byte[]> preview, boolean all) {
    saved.begin();
    List<SavedImage> images =
        all || job.parts() > 1 ? saved.from(this.images) : List.<SavedImage>of();
    List<byte[]> previews =
        rest(job.pictures().previews(), this.previews).stream()
            .map(kept -> Base64Images.png(kept.image()))
            .toList();
    List<byte[]> cells = rest(work.cells(), this.cells);
    JobReport report =
        JobReport.of(job, this.images + images.size(), this.previews + previews.size());
    return new Claims.Update(completed.apply(report), preview, images, previews, cells, this.cells);
  }

  private static <T> List<T> rest(List<T> all, int known) {
    return all.subList(Math.min(known, all.size()), all.size());
  }

  void stored(Claims.Update update) {
    images += update.images().size();
    previews += update.previews().size();
    cells += update.cells().size();
  }

  /** The end of the work. */
  record Ended(Work.@Nullable Outcome outcome, @Nullable Throwable failure) {}
}
