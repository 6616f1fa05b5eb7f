package dev.sdlora.batch;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import dev.sdlora.testkit.LibraryRules;

/** What batches stand on. */
@AnalyzeClasses(packages = "dev.sdlora.batch", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

  /** What any application could ask for, and what sister modules share. */
  @ArchTest
  static final ArchRule LITTLE_BENEATH =
      ArchRuleDefinition.classes()
          .that()
          .resideInAPackage("dev.sdlora.batch..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "java..",
              "org.jspecify..",
              "com.fasterxml.jackson..",
              "dev.sdlora.api",
              "dev.sdlora.api.value",
              "dev.sdlora.request..",
              "dev.sdlora.batch..");

  @ArchTest static final ArchTests LIBRARY = ArchTests.in(LibraryRules.class);
}
