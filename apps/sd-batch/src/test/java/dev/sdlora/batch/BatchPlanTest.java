package dev.sdlora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** The order of work has the smallest possible number of switches. */
final class BatchPlanTest {

  @Provide
  Arbitrary<List<BatchRequest>> requests() {
    return Combinators.combine(
            Arbitraries.of("m", "n", "o"), Arbitraries.of("", "a:1", "b:1", "b:0.5"))
        .as(
            (checkpoint, lora) ->
                new BatchRequest(
                    "",
                    "",
                    1,
                    Optional.of(checkpoint),
                    lora.isEmpty() ? List.of() : List.of(lora),
                    "{}",
                    Optional.empty()))
        .list()
        .ofMaxSize(30);
  }

  @Property(tries = 300)
  void order_hasEachRequest_andTheFewestSwitches(@ForAll("requests") List<BatchRequest> requests) {
    List<BatchRequest> numbered = new ArrayList<>();
    for (int i = 0; i < requests.size(); i++) {
      BatchRequest request = requests.get(i);
      numbered.add(
          new BatchRequest(
              "r" + i,
              "",
              i,
              request.checkpoint(),
              request.loras(),
              request.settings(),
              Optional.empty()));
    }
    BatchPlan plan = new BatchPlan(BatchPlan.ordered(numbered), List.of(), List.of());
    assertThat(plan.work()).containsExactlyInAnyOrderElementsOf(numbered);

    // Each checkpoint must be loaded once, and each of its LoRA sets applied once; it starts
    // without any.
    Map<Optional<String>, Set<List<String>>> sets = new HashMap<>();
    numbered.forEach(
        request ->
            sets.computeIfAbsent(request.checkpoint(), checkpoint -> new HashSet<>())
                .add(request.loras()));
    assertThat(plan.checkpointLoads()).isEqualTo(sets.size());
    assertThat(plan.loraSwitches())
        .isEqualTo(
            sets.values().stream()
                .mapToLong(of -> of.stream().filter(set -> !set.isEmpty()).count())
                .sum());
  }
}
