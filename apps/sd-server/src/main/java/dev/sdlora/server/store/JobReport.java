package dev.sdlora.server.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.server.job.StoreException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The progress or the result of a job, as servers tell it to each other.
 *
 * @param begun the number of images that have begun
 * @param step the finished steps of the current image
 * @param steps the steps of each image; 0 before they are known
 * @param warnings the warnings, at the end
 * @param loras a line for each LoRA, at the end
 * @param error the sentence of the error that ended the job
 */
record JobReport(
    int begun,
    int step,
    int steps,
    List<String> warnings,
    List<String> loras,
    @Nullable String error) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The report of a job that has not begun. */
  static final JobReport NOTHING = new JobReport(0, 0, 0, List.of(), List.of(), null);

  /** Copies the lists. */
  JobReport {
    warnings = List.copyOf(warnings);
    loras = List.copyOf(loras);
  }

  static JobReport failed(String error) {
    return new JobReport(0, 0, 0, List.of(), List.of(), error);
  }

  static JobReport parse(String json) {
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
