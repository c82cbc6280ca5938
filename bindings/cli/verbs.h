/* The verbs: each takes the words after its name and gives the exit code. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

int verb_load(int n, char **words);
int verb_count(int n, char **words);
int verb_members(int n, char **words);
int verb_define(int n, char **words);
int verb_segments(int n, char **words);
int verb_drop(int n, char **words);
int verb_trait(int n, char **words);
int verb_explain(int n, char **words);
int verb_why(int n, char **words);
int verb_lint(int n, char **words);
int verb_schema(int n, char **words);
int verb_check(int n, char **words);

#endif
