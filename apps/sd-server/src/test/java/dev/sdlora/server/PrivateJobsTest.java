package dev.sdlora.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Pipeline;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of another key, whose id a private key knows, in memory and in a database. */
class PrivateJobsTest {
  private static final String DRAWING =
      "{'prompt': 'x', 'width': 64, 'height': 64, 'steps': 1, 'force_task_id': 'known'}";
  @TempDir Path folder;

  @Test
  void knownId_inMemory_isHidden() {
    assertHidden(settings -> settings);
  }

  @Test
  void knownId_inTheDatabase_isHidden() {
    assertHidden(settings -> settings.jobs(folder.toString(), Duration.ofDays(1)));
  }

  private static void assertHidden(UnaryOperator<SdServerBuilder> jobs) {
    try (Pipeline pipeline = Served.pipeline(1);
        Served served =
            Served.of(
                pipeline,
                settings ->
                    jobs.apply(settings)
                        .apiKey(ApiKey.of("other", "sk-other-0"))
                        .apiKey(ApiKey.of("shy", "sk-shy-000").hideOthers()))) {
      String job = "/api/jobs/known";
      assertThat(send(served, "other", served.post("/sdapi/v1/txt2img", DRAWING)).statusCode())
          .isEqualTo(200);
      for (HttpRequest.Builder hidden :
          List.of(
              served.request(job),
              served.request(job + "/preview"),
              served.request(job + "/images/0"),
              served.request(job + "/images/0/thumbnail"),
              served.request(job + "/events"),
              served.post(job + "/skip", "{}"),
              served.post(job + "/move", "{'place': 1}"),
              served.request(job).DELETE())) {
        HttpResponse<String> answer = send(served, "shy", hidden);
        assertThat(answer.body()).contains("there is no job with this id");
        assertThat(answer.statusCode()).isEqualTo(404);
      }
      HttpResponse<String> taken = send(served, "shy", served.post("/sdapi/v1/txt2img", DRAWING));
      assertThat(taken.statusCode()).as(taken.body()).isEqualTo(422);
      assertThat(send(served, "other", served.request(job)).statusCode()).isEqualTo(200);
    }
  }

  private static HttpResponse<String> send(Served served, String key, HttpRequest.Builder request) {
    String secret = key.equals("shy") ? "sk-shy-000" : "sk-other-0";
    return served.send(request.header("Authorization", "Bearer " + secret));
  }
}
