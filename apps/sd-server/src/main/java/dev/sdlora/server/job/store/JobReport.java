package dev.sdlora.server.job.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.Job;
import dev.sdlora.server.job.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The progress or the result of a job, as servers tell it to each other.
 *
 * @param begun the number of images that have begun
 * @param step the finished steps of the current image
 * @param steps the steps of each image; 0 before they are known
 * @param images the number of finished images that are stored
 * @param previews the number of kept previews that are stored
 * @param warnings the warnings, at the end
 * @param loraReports what the job tells about each LoRA, at the end
 * @param interrupted whether a client ended the job, which keeps its finished images
 * @param details additional information; null if there is none
 * @param error the sentence of the error that ended the job
 * @param refusal the rest of this error
 */
public record JobReport(
    int begun,
    int step,
    int steps,
    int images,
    int previews,
    List<String> warnings,
    List<JsonNode> loraReports,
    boolean interrupted,
    @Nullable ObjectNode details,
    @Nullable String error,
    @Nullable Problem refusal) {
  // A server of another version may tell more or less.
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /** The report of a job that has not begun. */
  public static final JobReport NOTHING =
      new JobReport(0, 0, 0, 0, 0, List.of(), List.of(), false, null, null, null);

  /** Copies the lists. */
  public JobReport {
    warnings = copy(warnings);
    loraReports = copy(loraReports);
  }

  private static <T> List<T> copy(@Nullable List<T> list) {
    return list == null ? List.of() : List.copyOf(list);
  }

  /**
   * The details of an error that clients see next to its sentence.
   *
   * @param status the HTTP status
   * @param headers additional headers
   * @param parameter the field that caused it
   */
  record Problem(int status, Map<String, String> headers, Refusal.@Nullable Parameter parameter) {}

  /** Returns the progress of a job that this server draws. */
  public static JobReport of(Job job, int images, int previews) {
    Job.Snapshot now = job.snapshot();
    return new JobReport(
        now.begun(),
        now.step(),
        now.steps(),
        images,
        previews,
        List.of(),
        List.of(),
        job.isInterrupted(),
        job.work().details().orElse(null),
        null,
        null);
  }

  private JobReport with(
      int otherImages,
      List<String> warned,
      List<JsonNode> reported,
      @Nullable String sentence,
      @Nullable Problem problem) {
    return new JobReport(
        begun,
        step,
        steps,
        otherImages,
        previews,
        warned,
        reported,
        interrupted,
        details,
        sentence,
        problem);
  }

  /** Returns the report with another number of images. */
  public JobReport withImages(int other) {
    return with(other, warnings, loraReports, error, refusal);
  }

  /** Adds what is known at the end. */
  public JobReport ended(List<String> warned, List<JsonNode> reported) {
    return with(images, warned, reported, null, null);
  }

  /** Adds an error. */
  public JobReport failed(ErrorMessages.Message message) {
    Problem problem =
        new Problem(message.status(), message.headers(), message.parameter().orElse(null));
    return with(images, warnings, loraReports, message.sentence(), problem);
  }

  /** Adds an error that no server reported. */
  JobReport withError(String sentence) {
    return with(images, warnings, loraReports, sentence, null);
  }

  /** Returns the error, which clients see as at the server that drew the job. */
  public RuntimeException failure() {
    String sentence = String.valueOf(error);
    return refusal == null
        ? new StableDiffusionException(sentence)
        : Refusal.of(
            new ErrorMessages.Message(
                refusal.status(),
                sentence,
                refusal.headers(),
                false,
                Optional.ofNullable(refusal.parameter())));
  }

  /** Reads what another server of the database wrote. */
  public static JobReport parse(String json) {
    try {
      return JSON.readValue(json, JobReport.class);
    } catch (JsonProcessingException e) {
      throw new StoreException("the report of a job in the database is damaged: " + json, e);
    }
  }

  String json() {
    try {
      return JSON.writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // A record of texts and numbers.
    }
  }
}
